/** What keeps an agent from starting, in plain sentences. */

/** One or more reasons, each a sentence that names the setting or file. */
export class AgentFault extends Error {
  readonly sentences: readonly string[];
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'));
    this.name = 'AgentFault';
    this.sentences = sentences;
  }
}
