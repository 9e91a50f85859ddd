/** What compares names, with its table of letters, as one module fetched when it is needed. */
export { default as unmask } from 'unhomoglyph';
export { Lookalikes } from './lookalikes.ts';
export { alikeSentence } from './views/alike.ts';
