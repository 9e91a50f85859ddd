/** The store of engines in Node, for worlds and tests. */
export { openSqliteStore } from '../../web/lib/store/sqlite.ts';
