/** Figures off the page's thread: takes contracts and questions, answers with figures. */
import { FigureDesk } from './desk.ts';
import type { FigureReply, FigureRequest } from './office.ts';

let desk = new FigureDesk();

addEventListener('message', ({ data }: MessageEvent<FigureRequest>) => {
  if (data.isNew) desk = new FigureDesk();
  desk.put(data.states);
  postMessage({ id: data.id, answer: desk.answer(data.ask) } satisfies FigureReply);
});
