/** What the market's offers are for, and how they are lent and repaid. */
import { bulletPlan, equalPlan, monthlyPlan } from '../fixtures/plans.ts';
import { sat, whole, type Terms } from './listings.ts';

const stream = { shareBps: 10_000, startDay: 3, streamDays: 20, windowDays: 40, ticks: 2 };

/** Repaid and closed. */
export const FLOUR: Terms = {
  identifier: 'easter-flour',
  title: 'Flour and sugar for Easter',
  purpose: 'Stock for Holy Week, bought when it is cheap.',
  story:
    'In Holy Week the bakery sells twice what it sells in June. Flour costs a fifth less before ' +
    'Lent. The stock is sold by Easter Monday, and the loan ends a month later.',
  amountSoughtUnits: sat(400_000),
  minimumTicketUnits: sat(40_000),
  minimumTotalUnits: sat(40_000),
  rateBps: 1_000,
  fees: { originationBps: 100, origination: 'withheld', servicingBps: 50 },
  plan: bulletPlan(120, 5),
  tranches: [stream],
};

/** Streaming. */
export const LOOMS: Terms = {
  identifier: 'four-looms',
  title: 'Four looms for Telares Ixchel',
  purpose: 'Four pedal looms and the yarn for the first two orders.',
  story:
    'Orders for hammocks from three countries are more than five looms can weave: last year the ' +
    'workshop turned away one in three. Four more looms come from a carpenter in Ilobasco, one ' +
    'every nine days, which is how the money streams.',
  amountSoughtUnits: sat(1_000_000),
  minimumTicketUnits: sat(100_000),
  minimumTotalUnits: sat(500_000),
  rateBps: 1_150,
  plan: bulletPlan(240, 10),
  tranches: [{ shareBps: 10_000, startDay: 2, streamDays: 36, windowDays: 90, ticks: 8 }],
};

/** Withdrawn. */
export const DYES: Terms = {
  identifier: 'dye-works',
  title: 'A dye works for Telares Ixchel',
  purpose: 'Vats and a drying roof, to dye with indigo at home.',
  story:
    'Dyed yarn costs twice as much as plain. The workshop wanted to dye its own, and then ' +
    'found a neighbour who does it well. The bank has withdrawn the offer; nobody had lent on ' +
    'it.',
  amountSoughtUnits: sat(700_000),
  minimumTicketUnits: sat(50_000),
  minimumTotalUnits: sat(350_000),
  rateBps: 1_200,
  plan: bulletPlan(300, 10),
  tranches: [stream],
};

/** Waits for its milestone. */
export const STATION: Terms = {
  identifier: 'washing-station',
  title: 'A larger washing station for Las Nubes',
  purpose: 'A second pulper and forty drying beds before the harvest.',
  story:
    'Forty-two growers wash their cherries together; the valley has ninety. The first half buys ' +
    'and installs the pulper. The second half pays for the drying beds, and streams only after ' +
    'the bank has seen the pulper run. Repayment begins when the coffee is sold.',
  amountSoughtUnits: sat(800_000),
  minimumTicketUnits: sat(80_000),
  minimumTotalUnits: sat(400_000),
  rateBps: 1_250,
  plan: equalPlan(4, 150, 60, 10),
  tranches: [
    { shareBps: 5_000, startDay: 3, streamDays: 15, windowDays: 40, ticks: 2 },
    {
      shareBps: 5_000,
      startDay: 35,
      streamDays: 30,
      windowDays: 90,
      ticks: 3,
      milestone: {
        title: 'The pulper runs',
        description:
          'The second pulper stands on its foundation and has washed one day’s cherries, seen by ' +
          'a member of the bank.',
      },
    },
  ],
};

/** Repaid on time so far, month by month. */
export const KIOSKS: Terms = {
  identifier: 'three-kiosks',
  title: 'Three more kiosks for Jua',
  purpose: 'Panels, batteries and crates for three villages on the road to Ahero.',
  story:
    'A kiosk earns what it costs in about fifteen months. Fourteen are running and none has been ' +
    'closed. Three villages have given the ground and named a keeper.',
  amountSoughtUnits: sat(900_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(300_000),
  rateBps: 1_350,
  plan: monthlyPlan(12, 5),
  tranches: [stream],
};

/** The one that went wrong. */
export const ICE: Terms = {
  identifier: 'ice-maker',
  title: 'An ice maker on Dunga beach',
  purpose: 'A block ice maker and a shed for it, to sell ice to the night boats.',
  story:
    'Forty boats land before dawn and buy ice in town, an hour away. The yard has the ground and ' +
    'the power. The machine comes from Nakuru; the makers of the shed are the yard’s own people.',
  amountSoughtUnits: sat(360_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(200_000),
  rateBps: 1_450,
  plan: equalPlan(6, 30, 30, 5),
  tranches: [stream],
  // The yard's till is the bank's: after the default it is how anything still comes back.
  tillShare: { runBy: 'bank', shareBps: 600, recoveryBps: 3_000, thresholdSat: 200 },
};

/** Late. */
export const BOATS: Terms = {
  identifier: 'two-boats',
  title: 'Resin and engines for two boats',
  purpose: 'Materials for two boats that fishers of Dunga have ordered.',
  story:
    'Two crews have ordered a boat each and paid a tenth. The builders need resin, mat and two ' +
    'engines before the crews pay the rest out of their catch.',
  amountSoughtUnits: sat(800_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(300_000),
  rateBps: 1_500,
  plan: equalPlan(5, 60, 30, 5),
  tranches: [stream],
};

/** Open, and asks its trustee to accept. */
export const BATTERIES: Terms = {
  identifier: 'battery-bank',
  title: 'A battery bank for Ahero market',
  purpose: 'Forty exchangeable batteries and their racks, for the stalls that open before dawn.',
  story:
    'Stalls rent a charged battery for a day and bring it back empty. Jua has lent out twelve ' +
    'since May and turned away as many. The batteries are numbered, and their papers lie with a ' +
    'trustee until the loan is repaid: nobody can lend before the trustee has accepted.',
  amountSoughtUnits: sat(1_200_000),
  minimumTicketUnits: sat(60_000),
  minimumTotalUnits: sat(400_000),
  rateBps: 1_300,
  plan: equalPlan(8, 60, 30, 5),
  tranches: [{ shareBps: 10_000, startDay: 5, streamDays: 20, windowDays: 60, ticks: 20 }],
  coolingOffDays: 7,
  guarantee: { type: 'bond', payDays: 30 },
  recovery:
    'The bank visits within ten days of a missed payment, publishes what it found, and collects ' +
    'the batteries with the trustee. The bond it set aside pays up to its share.',
};

/** Kept in shillings, and repaid on time so far. */
export const FRIDGES: Terms = {
  identifier: 'kiosk-fridges',
  title: 'Two solar fridges, in shillings',
  purpose: 'Two fridges for the kiosks of Ahero and Awasi, to sell cold milk and keep vaccines.',
  story:
    'Milk is bought and sold for shillings, and so is the fridge: Jua does not want to owe ' +
    'more because bitcoin rises. What is owed is counted in shillings; what is paid is bitcoin, ' +
    'at the price of the minute by three oracles, two of which must agree.',
  currency: 'KES',
  amountSoughtUnits: whole(90_000),
  minimumTicketUnits: whole(10_000),
  minimumTotalUnits: whole(30_000),
  rateBps: 1_400,
  plan: equalPlan(6, 30, 30, 5),
  tranches: [stream],
};
