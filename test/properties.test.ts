/** Laws that hold for any input: of bonds, figures, fold, ledger and reading (fast-check). */
import './properties/agreement.ts';
import './properties/bonds.ts';
import './properties/figures.ts';
import './properties/finality.ts';
import './properties/fold.ts';
import './properties/growing.ts';
import './properties/guarantees.ts';
import './properties/ledger.ts';
import './properties/reading.ts';
import './properties/subsets.ts';
