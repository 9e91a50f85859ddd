/** A legal text as the market's second bank names it by hash and hands it to whoever asks. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const TEXT = `WINAM MEMBERS’ SAVINGS
GENERAL TERMS OF LOANS PRESENTED TO LENDERS ELSEWHERE
Read aloud in the hall of Kisumu and agreed by the members.

1. The society finds the borrower, sees the books and the stock, and presents the loan. It does
   not lend, and it does not hold the lenders’ money.

2. What is owed, when, and to whom is written in the signed contract and nowhere else. Where this
   text and the contract differ, the contract prevails.

3. The goods bought with a loan are entered in the hall’s book and may not be sold before the loan
   is repaid. Logbooks and titles lie with the trustee that the contract names, for the lenders,
   in proportion to what each is owed.

4. When a loan is in default the society collects for the lenders as far as its mandate goes. It
   may keep back what collecting cost, at most the share that the contract allows, and pays the
   rest to each lender in proportion to what each is owed.

5. Should the society fall silent for as long as the contract says, the backup servicer named in
   it may do the society’s work. The society keeps its powers and answers for what it did.

6. Where the parties cannot agree, the arbiter named in the contract hears both sides and decides;
   where the arbiter does not, the fallback arbiter. Nobody gives up the courts of Kisumu by this.

7. Complaints are heard by the hall of members, every first Monday, and by the supervisor of
   cooperatives.
`;

const bytes = utf8ToBytes(TEXT);

/** The text as a file: its name, its bytes and their hash. */
export const WINAM_TERMS = {
  name: 'General terms of loans, Winam.txt',
  bytes,
  sha256: bytesToHex(sha256(bytes)),
  sizeBytes: bytes.length,
} as const;
