/** The people of the local world: two banks, five businesses, six investors. All invented. */
import type { PersonaProfile } from './personas.ts';

const investor = { role: 'investor' } as const;
const business = { role: 'business' } as const;

/** Everybody, in the order they are shown. */
export const PROFILES: readonly PersonaProfile[] = [
  {
    ...investor,
    id: 'ana',
    name: 'Ana Morales',
    about: 'Teaches mathematics in Lisbon. Puts part of her savings into shops she can picture.',
    biography:
      'Born in San Salvador, in Lisbon since 2009. She began with one loan of a month’s rent and ' +
      'adds another whenever one is repaid. She reads the bank’s record before the prospectus.',
    place: { country: 'PT', locality: 'Lisbon' },
    hub: 'bank',
  },
  {
    ...investor,
    id: 'ben',
    name: 'Ben Okafor',
    about: 'Repairs bicycles in Lagos. Lends small amounts and reads every prospectus twice.',
    biography:
      'His own workshop was paid for by eleven neighbours, each of whom he repaid on a Friday. ' +
      'He lends to people who fix or make things, never more than he earns in two weeks.',
    place: { country: 'NG', locality: 'Lagos' },
    hub: 'bank',
  },
  {
    ...investor,
    id: 'mei',
    name: 'Mei Tanaka',
    about: 'Retired harbour pilot in Osaka. Spreads her money widely and checks on it on Sundays.',
    biography:
      'Thirty years of bringing in other people’s ships taught her to look at the weather first. ' +
      'She prefers short loans, and boats.',
    place: { country: 'JP', locality: 'Osaka' },
    hub: 'bank',
  },
  {
    ...investor,
    id: 'lars',
    name: 'Lars Nygaard',
    about: 'Nurse in Bergen. Lends through one bank only, because he has met its people.',
    biography:
      'He spent a year at the hospital of Kisumu and opened an account with Winam on his second ' +
      'day. He still knows the loan officers by name.',
    place: { country: 'NO', locality: 'Bergen' },
    hub: 'winam',
  },
  {
    ...investor,
    id: 'priya',
    name: 'Priya Nair',
    about: 'Electrical engineer in Kochi. Invests in machines whose output she can calculate.',
    biography:
      'She designs pumps by day. Her rule is that a loan must be repaid out of what the machine ' +
      'earns in its worst year, and she does the sum herself.',
    place: { country: 'IN', locality: 'Kochi' },
    hub: 'winam',
  },
  {
    ...investor,
    id: 'tomas',
    name: 'Tomás Ferreira',
    about: 'Roasts coffee in Curitiba. Lends to the growers he would like to buy from.',
    biography:
      'Third generation behind the same roaster. He asks for milestones and for photographs, and ' +
      'he has never minded waiting for either.',
    place: { country: 'BR', locality: 'Curitiba' },
    hub: 'bank',
  },
  {
    ...business,
    id: 'bakery',
    name: 'Panadería Luz',
    about: 'Bakery in Suchitoto since 2016: eleven people, one deck oven, two schools waiting.',
    biography:
      'Luz Hernández began with a clay oven behind the house. The shop now bakes for the market, ' +
      'the hotel and half the town, and its one oven is full by four in the morning.',
    place: { country: 'SV', locality: 'Suchitoto' },
    sector: 'Food',
    hub: 'bank',
  },
  {
    ...business,
    id: 'weavers',
    name: 'Telares Ixchel',
    about: 'Nine weavers in San Sebastián who own their workshop and sell hammocks abroad.',
    biography:
      'Founded in 2003 by six sisters and cousins on their grandmother’s looms. Orders from ' +
      'three countries are more than the looms can weave.',
    place: { country: 'SV', locality: 'San Sebastián' },
    sector: 'Crafts',
    hub: 'bank',
  },
  {
    ...business,
    id: 'coffee',
    name: 'Finca Las Nubes',
    about: 'Forty-two coffee growers in Marcala who wash and dry their harvest together.',
    biography:
      'The cooperative sold its cherries unwashed until 2018. With a small station of its own it ' +
      'keeps a third more of the price; a larger one would serve the whole valley.',
    place: { country: 'HN', locality: 'Marcala' },
    sector: 'Agriculture',
    hub: 'bank',
  },
  {
    ...business,
    id: 'solar',
    name: 'Jua Kiosks',
    about: 'Charges phones, lamps and batteries by the sun in fourteen villages near Kisumu.',
    biography:
      'Achieng Odhiambo built the first kiosk out of a shipping crate in 2019. Each now pays its ' +
      'keeper and for itself in about fifteen months.',
    place: { country: 'KE', locality: 'Kisumu' },
    sector: 'Energy',
    hub: 'winam',
  },
  {
    ...business,
    id: 'boats',
    name: 'Dunga Boatworks',
    about: 'Builds fibreglass boats for the fishers of Lake Victoria. This has been a hard season.',
    biography:
      'Four builders on the beach of Dunga. Water hyacinth closed the bay for seven weeks this ' +
      'year: nobody fished, and two boats that were ordered have not been collected.',
    place: { country: 'KE', locality: 'Dunga' },
    sector: 'Transport',
    hub: 'winam',
    isStruggling: true,
  },
  {
    id: 'bank',
    role: 'bank',
    name: 'Banco Comunal de Suchitoto',
    about: 'A savings bank owned by its 2,300 members. It visits every business it presents.',
    biography:
      'Founded in 1987 in the parish hall. It lends to shops and cooperatives within a day’s ' +
      'ride, and asks investors elsewhere only for what its members know at first hand.',
    place: { country: 'SV', locality: 'Suchitoto' },
    hub: undefined,
  },
  {
    id: 'winam',
    role: 'bank',
    name: 'Winam Members’ Savings',
    about: 'A savings society of fishers, traders and teachers around Winam Gulf, since 1994.',
    biography:
      'Its 5,100 members meet in nine halls around the gulf. Every loan is read aloud in the ' +
      'hall of its place before it is presented to anybody.',
    place: { country: 'KE', locality: 'Kisumu' },
    hub: 'bank',
  },
];
