/** The hold invoices of an agent's wallet, as its configuration allows and declares them. */
import type { HoldWallet } from '../engine/forwarding/ports.ts';
import type { Wallet } from '../engine/ports.ts';
import type { AgentConfig } from './config.ts';

/** By which a bank's agent passes payments on; undefined where it is told not to. */
export function holdOf(
  { hold }: Wallet,
  { forwards, walletLimits }: Pick<AgentConfig, 'forwards' | 'walletLimits'>,
): HoldWallet | undefined {
  if (!forwards || !hold || !walletLimits) return forwards ? hold : undefined;
  const status: HoldWallet['status'] = async () => {
    const answer = await hold.status();
    if (answer.state !== 'answered') return answer;
    // What the wallet says of itself is nearer to it than what its operator once wrote down.
    const limits = answer.value.limits ?? walletLimits;
    return { state: 'answered', value: { ...answer.value, limits } };
  };
  return { ...hold, status };
}
