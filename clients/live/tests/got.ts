// What the tests ask of a world, and what they read of it.

import type { CarrierName } from '../protocol/types';
import type { Got, World } from './world';

/** What a subscription got, as words. */
export const data = (got: Got[]): unknown[] => got.flatMap(item => ('message' in item ? [item.message.data] : 'gap' in item ? [`gap ${item.gap.reason}`] : 'ended' in item ? ['ended'] : [`failed ${item.failed}`]));

export const publish = (world: World, topic: string, ...texts: string[]) => texts.forEach(text => world.hub.publish({ topics: [topic], data: text }));

/** A world in which some carriers do not work. */
export function broken(world: World, ...carriers: (CarrierName | 'other')[]): World {
  for (const carrier of carriers) world.works[carrier] = false;
  return world;
}

export const all: CarrierName[] = ['websocket', 'sse', 'longpoll', 'shortpoll'];
