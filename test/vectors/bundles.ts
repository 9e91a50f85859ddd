/** Vectors of evidence bundles with what proves that a bond was funded: folder `bundles`. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
  buildBundle,
  placeOf,
  proofIn,
  readTransaction,
  type ChainProof,
  type PledgeDocument,
} from '@realyield/protocol';
import { proofLine } from '../../protocol/src/bundle/proofs.ts';
import { fundedOutput, headerOver, transactionOf, twice } from '../fixtures/blocks.ts';
import { COLLATERAL, pledgeEvent } from '../fixtures/bonds.ts';
import { hashOf, Loan, offerDocument } from '../fixtures/loan.ts';
import { must } from '../fixtures/must.ts';
import type { BundleVector } from './bundle-shapes.ts';
import { hashText } from './hash-text.ts';
import { finish, readAll, type Cases, type Vector } from './vector.ts';

const { scriptPubKey } = placeOf(COLLATERAL, 'regtest');
const FUNDED = fundedOutput(scriptPubKey);
const PROOF = proofIn(FUNDED.report) as ChainProof;

/** A contract that pins a bond of one output, one of its ticks paid, and the bond's pledge. */
function linesOf(changes: Partial<PledgeDocument>, proofs: readonly ChainProof[]): string[] {
  const pledge = pledgeEvent({
    outpoint: { txid: FUNDED.txid, vout: 0 },
    allocations: [{ offer: offerDocument().identifier, valueSat: '600000' }],
    ...changes,
  });
  const { network = 'regtest' } = changes;
  const bond = { pledge: pledge.id, allocationSat: '600000' };
  const loan = new Loan({
    offer: network === 'regtest' ? { bond } : { bond, network, daySec: 86_400 },
  });
  loan.signAll();
  loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], loan.startAtSec + 9);
  const events = [...loan.parsed, ...readAll([pledge])];
  const text = must(buildBundle(loan.root, events, loan.startAtSec + 100, []));
  return withProofs(text.trimEnd().split('\n'), proofs);
}

/** The same file with proofs, whether or not they hold: as a forger would write it. */
function withProofs(lines: string[], proofs: readonly ChainProof[]): string[] {
  if (proofs.length === 0) return lines;
  const chain = proofs.map((proof, at) => proofLine(proof) + (at < proofs.length - 1 ? ',' : ''));
  const digest = hashText(chain.join('\n'));
  const end = (lines.at(-1) ?? '').replace('{"events"', `{"chain":"${digest}","events"`);
  return [...lines.slice(0, -1), '],"chain":[', ...chain, end];
}

/** Changes one character where a text first stands in a line. */
function change(lines: readonly string[], line: number, before: string): string {
  const text = lines[line - 1] ?? '';
  const column = text.indexOf(before) + before.length + 1;
  if (column <= before.length) throw new Error(`${before} is not in line ${line}`);
  return `${line} ${column} ${text[column - 1] === '1' ? '2' : '1'}`;
}

function changedCase(): Vector {
  const bundle = linesOf({}, [PROOF]);
  const proof = bundle.length - 1;
  const transaction = PROOF.transaction.slice(0, 90);
  const changes = [
    ...['"transaction":"', `"transaction":"${transaction}`, '"hashes":["', '"position":'],
    ...[`"header":"${PROOF.header.slice(0, 150)}`, '"header":"', '"height":', '"sha256":"'],
  ].map((before) => change(bundle, proof, before));
  const others = [
    change(bundle, 1, '"contract":"'),
    change(bundle, 2, '"sig":"'),
    change(bundle, proof - 1, '],"'),
    change(bundle, proof + 1, '{"chain":"'),
  ];
  const codes = [
    ...['CHAIN_BRANCH', 'CHAIN_BRANCH', 'CHAIN_BRANCH', 'CHAIN_BRANCH'],
    // Half of all headers are within the target of regtest: a digest tells them apart.
    ...['CHAIN_BLOCK', 'BUNDLE_PROOF', 'BUNDLE_PROOF', 'BUNDLE_PROOF'],
    ...['BUNDLE_HEAD_DIGEST', 'EVENT_SIGNATURE', 'BUNDLE_LINE', 'BUNDLE_CHAIN_DIGEST'],
  ];
  const name = 'A bond that was funded, and single bytes of the file changed';
  const requires = ['EB-4', 'EB-5', 'EB-10', 'EB-11', 'EB-12'];
  return finish(codes, { name, requires, bundle, changes: [...changes, ...others] });
}

/** A transaction of 64 bytes, in a block of its own. */
function pairProof(): ChainProof {
  const transaction = transactionOf('5151', '5151');
  const header = headerOver(twice(hexToBytes(transaction)));
  return { height: 500, header, position: 0, hashes: [], transaction };
}

function besideProof(outputScript: string): { readonly txid: string; readonly proof: ChainProof } {
  const transaction = transactionOf('52', outputScript);
  const beside = hexToBytes(hashOf('another block'));
  const root = twice(twice(hexToBytes(transaction)), beside);
  const hashes = [bytesToHex(beside.slice().reverse())];
  const proof = { height: 501, header: headerOver(root), position: 0, hashes, transaction };
  return { txid: must(readTransaction(transaction)).txid, proof };
}

/** All cases of the folder. */
export function bundleCases(): Cases {
  const bundle = (name: string, codes: string[], lines: string[], requires = ['EB-12']): Vector => {
    const vector: BundleVector = { name, requires, bundle: lines };
    return finish(codes, vector);
  };
  const pair = pairProof();
  const pairId = must(readTransaction(pair.transaction)).txid;
  const other = besideProof('51');
  return {
    funded: changedCase(),
    'not-funded': bundle('No proof of the bond in the file', [], linesOf({}, [])),
    'other-amount': bundle(
      'A satoshi less than was pledged',
      [],
      [...linesOf({ valueSat: '1000001' }, [PROOF])],
    ),
    'other-script': bundle(
      'To another script',
      [],
      [...linesOf({ outpoint: { txid: other.txid, vout: 0 } }, [other.proof])],
    ),
    'other-transaction': bundle('A proof of another transaction', [], linesOf({}, [other.proof])),
    'low-work': bundle(
      'A header of regtest for a bond on mainnet',
      ['CHAIN_BLOCK'],
      linesOf({ network: 'mainnet' }, [PROOF]),
      ['EB-11', 'BD-12'],
    ),
    'pair-of-hashes': bundle(
      'A transaction of 64 bytes',
      ['CHAIN_TRANSACTION'],
      linesOf({ outpoint: { txid: pairId, vout: 0 } }, [pair]),
      ['EB-11', 'BD-11'],
    ),
    twice: bundle('The same proof twice', ['BUNDLE_REPEATED'], linesOf({}, [PROOF, PROOF]), [
      'EB-11',
    ]),
  };
}
