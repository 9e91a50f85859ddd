/** Which milestones of a relay's table were approved, and when. Spec: specs/milestones.md. */
import type { Database } from 'better-sqlite3';

/** A milestone that was approved: the tranche's place, and from when on. */
export interface Approval {
  readonly root: string;
  readonly tranche: number;
  readonly atSec: number;
}

/** S-4 to S-6: claims with an approval and no refusal, by who decides on them. */
const APPROVALS = `WITH decision AS (SELECT json_extract(event.content, '$.contract') AS root,
      json_extract(event.content, '$.tranche') AS tranche,
      json_extract(event.content, '$.type') AS type,
      json_extract(event.content, '$.claim.id') AS claim,
      max(created_at, json_extract(event.content, '$.claim.created_at')) AS atSec
    FROM event JOIN party ON party.root = json_extract(event.content, '$.contract')
      AND party.role = 'bank'
    WHERE kind = 2815 AND json_extract(event.content, '$.claim') IS NOT NULL
      AND event.pubkey = coalesce((SELECT json_extract(terms.content, '$.attester')
        FROM event AS terms WHERE terms.id = party.root), party.pubkey))
  SELECT root, tranche, min(atSec) AS atSec FROM decision WHERE type = 'approval'
    AND claim NOT IN (SELECT claim FROM decision WHERE type = 'refusal')
  GROUP BY root, tranche`;

/** Every milestone that was approved and not refused. */
export function readApprovals(database: Database): Approval[] {
  return database.prepare(APPROVALS).all() as Approval[];
}
