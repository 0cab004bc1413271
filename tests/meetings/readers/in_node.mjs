// What ical.js or node-ical (the argument) sees: one JSON request a line on stdin, one answer a line on stdout.
// A request is {"text": iCalendar, "from": instant, "before": instant}; the answer lists what is in between, in UTC.
import { createInterface } from "node:readline";

const READERS = { "ical.js": withIcalJs, "node-ical": withNodeIcal };

async function withIcalJs() {
  const { default: ICAL } = await import("ical.js");
  return (text, from, before) => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    ICAL.TimezoneService.reset();
    calendar.getAllSubcomponents("vtimezone").forEach((zone) => ICAL.TimezoneService.register(zone));
    const instant = (time) => new Date(time.toUnixTime() * 1000);
    const seen = (item, start, end, original) => ({
      uid: item.uid,
      start: instant(start),
      end: instant(end),
      recurrence_id: original ? instant(original) : null,
      status: item.component.getFirstPropertyValue("status"),
    });
    return byUid(calendar.getAllSubcomponents("vevent"), (one) => one.getFirstPropertyValue("uid")).flatMap((parts) => {
      const overrides = parts.filter((one) => one.hasProperty("recurrence-id"));
      const master = parts.find((one) => !one.hasProperty("recurrence-id"));
      if (!master || !master.hasProperty("rrule")) {
        return parts.map((one) => {
          const event = new ICAL.Event(one);
          return seen(event, event.startDate, event.endDate, event.recurrenceId);
        });
      }
      const event = new ICAL.Event(master, { exceptions: overrides, strictExceptions: true });
      const found = [];
      const dates = event.iterator();
      for (let date = dates.next(); date && instant(date) < before; date = dates.next()) {
        const { item, startDate, endDate, recurrenceId } = event.getOccurrenceDetails(date);
        found.push(seen(item, startDate, endDate, item === event ? null : recurrenceId));
      }
      return found;
    });
  };
}

async function withNodeIcal() {
  const { default: ical } = await import("node-ical");
  return (text, from, before) => {
    const seen = (one, start = one.start, end = one.end) => ({
      uid: one.uid,
      start,
      end,
      recurrence_id: one.recurrenceid ?? null,
      status: one.status ?? null,
    });
    const events = Object.values(ical.sync.parseICS(text)).filter((one) => one.type === "VEVENT");
    return events.flatMap((event) => {
      if (event.rrule) {
        const expanded = ical.expandRecurringEvent(event, { from, to: before });
        return expanded.map(({ event: one, start, end, isOverride }) => ({
          ...seen(one, start, end),
          recurrence_id: isOverride ? one.recurrenceid : null,
        }));
      }
      const alone = new Set([event, ...Object.values(event.recurrences ?? {})]);
      return byUid([...alone], (one) => String(one.recurrenceid?.valueOf())).map(([one]) => seen(one));
    });
  };
}

function byUid(parts, uid) {
  const grouped = new Map();
  parts.forEach((one) => grouped.set(uid(one), [...(grouped.get(uid(one)) ?? []), one]));
  return [...grouped.values()];
}

const read = await READERS[process.argv[2]]();
for await (const line of createInterface({ input: process.stdin })) {
  const { text, from, before } = JSON.parse(line);
  const [earliest, latest] = [new Date(from), new Date(before)];
  console.log(JSON.stringify(answer(text, earliest, latest)));
}

function answer(text, earliest, latest) {
  try {
    return read(text, earliest, latest).filter(({ start }) => start >= earliest && start < latest);
  } catch (fault) {
    return { fault: String(fault) };
  }
}
