/** Laws that hold for any input: of the fold, the ledger and reading (fast-check). */
import './properties/fold.ts';
import './properties/ledger.ts';
import './properties/reading.ts';
