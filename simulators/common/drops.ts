/** Files that a simulator lays into the inbox at their time: `inbox/<business date>/<file>`, whole or not at all. */
import { copyFileSync, mkdirSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readCsv, type PlayedDay } from './days';
import { delayMinutes, meets, type Fault } from './faults';
import { minutesLater, shanghaiInstant } from './values';

/** A file and the instant at which it comes. */
export type Drop = {
  readonly key: string;
  readonly businessDate: string;
  readonly name: string;
  readonly path: string;
  readonly at: string;
};

/** Which files came (key to instant), and which come a second time (key to instant). */
export type DropRecord = { readonly came: Record<string, string>; readonly comeAgain: Record<string, string> };

/** Something due at an instant. It happens then, or as soon as nothing holds it up any more: `at` of the call. */
export type Event = { readonly at: string; happen(at: string): void };

const arrivalsForm = z.array(z.object({ file: z.string().min(1), arrived_at: z.string() }));

/** The broker's own files have no line in arrivals.csv: they are there at 18:05. */
export const OWN_FILES_AT = '18:05:00';

/**
 * The files of the days that `belongs` picks, each at its time in the day's arrivals.csv, else at `otherwiseAt`.
 * A file that the table names and the day does not hold never comes.
 */
export function plannedDrops(
  days: readonly PlayedDay[],
  belongs: (name: string) => boolean,
  otherwiseAt: string,
): readonly Drop[] {
  return days.flatMap((day) => {
    const arrivals = arrivalsOf(day);
    return [...day.files]
      .filter(([name]) => belongs(name))
      .map(([name, path]) => ({
        key: `${day.businessDate}/${name}`,
        businessDate: day.businessDate,
        name,
        path,
        at: arrivals.get(name) ?? shanghaiInstant(day.businessDate, otherwiseAt),
      }));
  });
}

/** The arrivals that are still to happen, in the order of the plan, under the fault that is on. */
export function dropEvents(drops: readonly Drop[], record: DropRecord, inbox: string, fault: Fault): readonly Event[] {
  return drops.flatMap((drop): Event[] => {
    if (meets(fault, 'silent', drop.name)) return [];
    const againAt = record.comeAgain[drop.key];
    if (record.came[drop.key] !== undefined) {
      if (againAt === undefined) return [];
      return [
        {
          at: againAt,
          happen(at) {
            layDown(drop, inbox, at);
            delete record.comeAgain[drop.key];
          },
        },
      ];
    }
    return [
      {
        at: minutesLater(drop.at, delayMinutes(fault, drop.name)),
        happen(at) {
          layDown(drop, inbox, at);
          record.came[drop.key] = at;
          if (meets(fault, 'twice', drop.name)) record.comeAgain[drop.key] = minutesLater(at, fault.minutes ?? 1);
        },
      },
    ];
  });
}

/** Copies under a hidden name, stamps the time of arrival, then renames: a reader never sees half a file. */
function layDown(drop: Drop, inbox: string, at: string): void {
  const folder = join(inbox, drop.businessDate);
  mkdirSync(folder, { recursive: true });
  const hidden = join(folder, `.${drop.name}.coming`);
  copyFileSync(drop.path, hidden);
  utimesSync(hidden, new Date(at), new Date(at));
  renameSync(hidden, join(folder, drop.name));
}

function arrivalsOf(day: PlayedDay): ReadonlyMap<string, string> {
  const path = day.files.get('arrivals.csv');
  if (path === undefined) return new Map();
  return new Map(
    arrivalsForm.parse(readCsv(path)).map((line): [string, string] => {
      const [date, time] = line.arrived_at.split(' ');
      return [line.file, shanghaiInstant(date ?? '', time ?? '')];
    }),
  );
}
