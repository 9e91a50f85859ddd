/** Raw events in a relay's table, and the facts of contracts read out of it with SQL. */
import Database from 'better-sqlite3';
import { readApprovals, type Approval } from './approvals.ts';
import type { LedgerUnit } from './units.ts';

/** An event as a relay stores it. */
export interface RawEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly created_at: number;
  readonly kind: number;
  readonly tags: readonly (readonly string[])[];
  readonly content: string;
  readonly sig: string;
}

/** Who pays on a leg, and who is paid; the market has no fees. */
export const LEGS = {
  disbursement: ['investor', 'business'],
  repayment: ['business', 'investor'],
  guarantee: ['bank', 'investor'],
  handedOn: ['investor', 'bank'],
  recovery: ['bank', 'investor'],
} as const;

/** A payment as the table proves it. */
export interface PaidPart {
  readonly root: string;
  readonly leg: keyof typeof LEGS;
  readonly request: string;
  readonly n: number;
  readonly hash: string;
  readonly msat: bigint;
  readonly atSec: number;
  readonly contested: bigint;
  readonly received: bigint;
}

/** A contract's terms and agreement, as far as figures need them. */
export interface Agreement {
  readonly root: string;
  readonly terms: Terms;
  readonly status: string;
  /** The bank's signatures with their numbers, under amendments too. */
  readonly registered: readonly Registered[];
  /** Notices by bank or investor, earliest first. */
  readonly notices: readonly SaidNotice[];
  /** Amendments all three signed, in order, with the day of the last signature. */
  readonly amendments: readonly Amendment[];
  readonly recoveries: readonly SaidRecovery[];
  /** When the milestones of tranches were approved. */
  readonly approvals: readonly Approval[];
}

/** A bank's numbered signature. */
export interface Registered {
  readonly id: string;
  readonly serial: number;
  readonly previous: string;
}

/** Terms that replaced earlier ones. */
export interface Amendment {
  readonly reason: string;
  readonly due: Terms['plan']['due'];
  readonly signedAtSec: number;
}

/** What a bank said it recovered for a contract. */
export interface SaidRecovery {
  readonly root: string;
  readonly msat: string;
  readonly atSec: number;
}

/** A creditor's word on a contract. */
export interface SaidNotice {
  readonly root: string;
  readonly type: 'arrears' | 'default' | 'acceleration' | 'writeOff';
  readonly instalment: number | null;
  readonly atSec: number;
}

/** The document of a 2810. */
export interface Terms {
  readonly network: string;
  readonly denomination: LedgerUnit;
  readonly daySec: number;
  readonly rateBps: number;
  readonly principalUnits: string;
  readonly commitment: string;
  readonly bases: readonly {
    as: string;
    event: { pubkey: string; content: { identifier: string; amountSoughtUnits: string } };
  }[];
  readonly parties: Readonly<Record<'investor' | 'business' | 'bank', { readonly pubkey: string }>>;
  readonly plan: {
    readonly type: string;
    readonly graceDays: number;
    readonly due: {
      readonly firstAtSec: number;
      readonly everyDays: number;
      readonly count: number;
    };
  };
  readonly default: { readonly afterDays: number; readonly cureDays: number };
  readonly guarantee: {
    readonly type: 'none' | 'firstLoss' | 'full' | 'bond';
    readonly shareBps?: number;
    readonly capBps?: number;
    readonly payDays?: number;
  };
  readonly bond?: { readonly allocationSat: string };
  readonly legal: { readonly withholdingTax: { readonly bps: number } };
  /** What amendments changed, and the day after which they ask. */
  readonly changes?: readonly { readonly due: Terms['plan']['due']; readonly fromDay: number }[];
  /** The day on which everything fell due. */
  acceleratedDay?: number;
  readonly tranches: readonly {
    readonly amountUnits: string;
    readonly fromSec: number;
    readonly toSec: number;
    readonly lapsesAtSec: number;
    readonly ticks: number;
    readonly milestone?: object;
  }[];
}

const SCHEMA = `
CREATE TABLE event (id TEXT PRIMARY KEY, pubkey TEXT, created_at INTEGER, kind INTEGER,
  tags TEXT, content TEXT, sig TEXT);
CREATE VIEW party AS SELECT event.id AS root, role.key AS role,
    json_extract(role.value, '$.pubkey') AS pubkey
  FROM event, json_each(event.content, '$.parties') AS role WHERE kind = 2810;
CREATE VIEW acceptance AS SELECT event.id, party.root, party.role, event.created_at
  FROM event JOIN party ON party.root = json_extract(content, '$.contract')
    AND party.role = json_extract(content, '$.role') AND party.pubkey = event.pubkey
  WHERE kind = 2811 AND json_extract(content, '$.type') = 'acceptance'
    AND json_extract(content, '$.terms.id') = party.root;
CREATE VIEW change AS SELECT party.root, json_extract(content, '$.terms.id') AS version,
    json_extract(content, '$.terms.content.reason') AS reason,
    json_extract(content, '$.terms.content.plan.due') AS due,
    max(event.created_at) AS signedAtSec
  FROM event JOIN party ON party.root = json_extract(content, '$.contract')
    AND party.role = json_extract(content, '$.role') AND party.pubkey = event.pubkey
  WHERE kind = 2811 AND json_extract(content, '$.type') = 'acceptance'
    AND json_extract(content, '$.terms.id') <> party.root
  GROUP BY party.root, version HAVING count(DISTINCT party.role) = 3;
CREATE VIEW leg AS SELECT key AS leg, json_extract(value, '$[0]') AS payer,
    json_extract(value, '$[1]') AS payee FROM json_each('${JSON.stringify(LEGS)}');
CREATE VIEW part AS SELECT receipt.id AS receipt, receipt.pubkey AS payer,
    json_extract(receipt.content, '$.contract') AS root,
    json_extract(receipt.content, '$.request.id') AS request,
    json_extract(receipt.content, '$.request.pubkey') AS payee,
    json_extract(receipt.content, '$.request.content.leg') AS leg,
    n.value AS n,
    json_extract(receipt.content, '$.request.content.expiresAtSec') AS expires,
    min(max(receipt.created_at, json_extract(receipt.content, '$.request.content.notBeforeSec')),
      json_extract(receipt.content, '$.request.content.expiresAtSec')) AS settled,
    (SELECT coalesce(
        json_extract(receipt.content, '$.request.content.priced.units[' || asked.key || ']'),
        json_extract(receipt.content, '$.request.content.msat[' || asked.key || ']'))
      FROM json_each(receipt.content, '$.request.content.n') AS asked
      WHERE asked.value = n.value) AS msat,
    (SELECT json_extract(receipt.content, '$.request.content.paymentHash[' || asked.key || ']')
      FROM json_each(receipt.content, '$.request.content.n') AS asked
      WHERE asked.value = n.value) AS hash
  FROM event AS receipt, json_each(receipt.content, '$.n') AS n WHERE receipt.kind = 2813;
CREATE VIEW said AS SELECT event.pubkey, json_extract(item.value, '$.request') AS request,
    n.value AS n, 1 AS received, NULL AS stated
  FROM event, json_each(content, '$.items') AS item, json_each(item.value, '$.n') AS n
  WHERE kind = 2814 AND json_extract(content, '$.type') = 'received'
  UNION ALL SELECT event.pubkey, json_extract(content, '$.request'), n.value, 0,
    json_extract(content, '$.settledAtSec')
  FROM event, json_each(content, '$.n') AS n
  WHERE kind = 2814 AND json_extract(content, '$.type') = 'objection';`;

const PARTS = `WITH counted AS (
    SELECT part.*, row_number() OVER (PARTITION BY part.root, part.leg, hash
      ORDER BY request, settled DESC, receipt) AS place
    FROM part JOIN leg ON leg.leg = part.leg
      JOIN party AS payer ON payer.root = part.root AND payer.pubkey = part.payer
        AND payer.role = leg.payer
      JOIN party AS payee ON payee.root = part.root AND payee.pubkey = part.payee
        AND payee.role = leg.payee),
  answered AS (SELECT counted.*,
      (SELECT max(stated) FROM said WHERE said.request = counted.request AND said.n = counted.n
        AND said.pubkey = counted.payee AND stated <= expires) AS stated,
      (SELECT max(received) FROM said WHERE said.request = counted.request
        AND said.n = counted.n AND said.pubkey = counted.payee) AS received
    FROM counted WHERE place = 1)
  SELECT root, leg, request, n, hash, msat, max(settled, coalesce(stated, 0)) AS atSec,
    coalesce(stated, 0) > settled AS contested, coalesce(received, 0) AS received
  FROM answered ORDER BY atSec, request, n`;

/** A relay's table of these events; duplicates are ignored, as a relay does. */
export function storeEvents(events: readonly RawEvent[]): Database.Database {
  const database = new Database(':memory:');
  database.exec(SCHEMA);
  const insert = database.prepare('INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const { id, pubkey, created_at, kind, tags, content, sig } of events) {
    insert.run(id, pubkey, created_at, kind, JSON.stringify(tags), content, sig);
  }
  return database;
}

/** Proven payments of every contract in the table, by settled time. */
export function readParts(database: Database.Database): PaidPart[] {
  const rows = database.prepare(PARTS).safeIntegers().all() as (Omit<
    PaidPart,
    'msat' | 'n' | 'atSec'
  > & {
    readonly msat: string;
    readonly n: bigint;
    readonly atSec: bigint;
  })[];
  return rows.map((row) => ({
    ...row,
    n: Number(row.n),
    msat: BigInt(row.msat),
    atSec: Number(row.atSec),
  }));
}

const AGREEMENTS = `SELECT terms.id AS root, terms.content,
    (SELECT count(DISTINCT role) FROM acceptance WHERE acceptance.root = terms.id) AS roles,
    (SELECT count(*) FROM event AS notice JOIN party ON party.root = terms.id
      AND party.role = 'bank' AND party.pubkey = notice.pubkey
      WHERE notice.kind = 2816 AND json_extract(notice.content, '$.contract') = terms.id
      AND json_extract(notice.content, '$.type') = 'closure') AS closures,
    (SELECT count(*) FROM event AS notice
      WHERE notice.kind = 2816 AND json_extract(notice.content, '$.contract') = terms.id
      AND json_extract(notice.content, '$.type') = 'default') AS defaults,
    (SELECT count(*) FROM event AS signature WHERE signature.kind = 2811
      AND json_extract(signature.content, '$.contract') = terms.id
      AND json_extract(signature.content, '$.type') = 'withdrawal') AS withdrawals,
    (SELECT json_group_array(json_object('id', signature.id,
        'serial', json_extract(signature.content, '$.register.serial'),
        'previous', json_extract(signature.content, '$.register.previous')))
      FROM event AS signature WHERE signature.kind = 2811
      AND json_extract(signature.content, '$.contract') = terms.id
      AND json_extract(signature.content, '$.register') IS NOT NULL) AS registered
  FROM event AS terms WHERE terms.kind = 2810 ORDER BY terms.id`;

interface Row {
  readonly root: string;
  readonly content: string;
  readonly roles: number;
  readonly closures: number;
  readonly defaults: number;
  readonly withdrawals: number;
  readonly registered: string;
}

function statusOf({ roles, closures, defaults, withdrawals }: Row): string {
  if (roles < 3) return withdrawals > 0 ? 'withdrawn' : 'proposed';
  if (closures > 0) return 'closed';
  return defaults > 0 ? 'defaulted' : 'effective';
}

const NOTICES = `SELECT party.root, json_extract(content, '$.type') AS type,
    json_extract(content, '$.instalment') AS instalment, created_at AS atSec
  FROM event JOIN party ON party.root = json_extract(content, '$.contract')
    AND party.pubkey = event.pubkey AND party.role IN ('bank', 'investor')
  WHERE kind = 2816 AND json_extract(content, '$.type')
    IN ('arrears', 'default', 'acceleration', 'writeOff')
  ORDER BY created_at, event.id`;

const CHANGES = 'SELECT root, reason, due, signedAtSec FROM change ORDER BY signedAtSec';

const RECOVERIES = `SELECT named.value AS root, created_at AS atSec,
    json_extract(content, '$.shareUnits[' || named.key || ']') AS msat
  FROM event, json_each(content, '$.contracts') AS named
  JOIN party ON party.root = named.value AND party.role = 'bank' AND party.pubkey = event.pubkey
  WHERE kind = 2816 AND json_extract(content, '$.type') = 'recovery' ORDER BY created_at`;

type ChangeRow = Omit<Amendment, 'due'> & { readonly root: string; readonly due: string };

/** Every contract of the table, by id. Closures and notices of the market all count. */
export function readAgreements(database: Database.Database): Agreement[] {
  const notices = database.prepare(NOTICES).all() as SaidNotice[];
  const rows = database.prepare(AGREEMENTS).all() as Row[];
  const changes = database.prepare(CHANGES).all() as ChangeRow[];
  const recoveries = database.prepare(RECOVERIES).all() as SaidRecovery[];
  const approvals = readApprovals(database);
  return rows.map((row) => ({
    root: row.root,
    terms: JSON.parse(row.content) as Terms,
    status: statusOf(row),
    registered: JSON.parse(row.registered) as Registered[],
    notices: notices.filter(({ root }) => root === row.root),
    amendments: changes
      .filter(({ root }) => root === row.root)
      .map((change) => ({ ...change, due: JSON.parse(change.due) as Amendment['due'] })),
    recoveries: recoveries.filter(({ root }) => root === row.root),
    approvals: approvals.filter(({ root }) => root === row.root),
  }));
}
