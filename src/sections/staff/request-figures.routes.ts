import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { deskCounts } from '../../domain/conversations/desk.data.js';
import { FACES } from '../../domain/conversations/faces.js';
import { weeklyFigures, type WeekFigures } from '../../domain/conversations/figures.data.js';
import { day } from '../../lib/dates.js';
import { counted } from '../../lib/text.js';
import { view } from '../../web/answer.js';
import { deskSection } from './requests.routes.js';
import { DESK, FACE_OPTIONS } from './requests.view.js';

deskSection.page('/figures', conversationPolicy.serve, async ({ db, now, query }) => {
  const face = FACES.find((one) => one === query.get('face')) ?? null;
  const [weeks, counts] = await Promise.all([
    weeklyFigures(db, face ? [face] : FACES, now),
    deskCounts(db, now),
  ]);
  const highest = Math.max(1, ...weeks.map(({ opened }) => opened));
  return view('staff/requests/figures', {
    title: 'Показатели по неделям',
    crumbs: [{ label: 'Заявки и обращения', href: DESK }],
    form: { values: { face: face ?? '' }, errors: {} },
    faces: FACE_OPTIONS,
    counts,
    weeks: weeks.map(weekLine).reverse(),
    bars: weeks.map((week, at) => bar(week, at, highest)),
  });
});

const oneDigit = new Intl.NumberFormat('ru-RU', { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** `3 ч 20 мин`: working time in words. */
function workingTime(minutes: number): string {
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  return [hours > 0 && `${hours}\u00a0ч`, (rest > 0 || hours === 0) && `${rest}\u00a0мин`]
    .filter(Boolean)
    .join(' ');
}

function weekLine({ week, opened, answered, open, late, first_answer, rating, rated }: WeekFigures) {
  return {
    week: day(week),
    opened,
    answered,
    open,
    late,
    first: first_answer === null ? '—' : workingTime(first_answer),
    rating: rating === null ? '—' : oneDigit.format(rating),
    rated: rated > 0 ? counted(rated, 'оценка', 'оценки', 'оценок') : null,
  };
}

/** The chart's measures, in its own units: a bar of 34 and a gap of 16 a week, 120 for the highest, 28 for its number above. */
const [WIDE, STEP, HIGH, TOP] = [34, 50, 120, 28];

/** A week's bars: what was opened, and within it what was answered. */
function bar({ week, opened, answered }: WeekFigures, at: number, highest: number) {
  const height = (count: number) => Math.round((count / highest) * HIGH);
  const [all, done] = [height(opened), height(answered)];
  return {
    x: at * STEP + 8,
    width: WIDE,
    all: { y: HIGH - all + TOP, height: all },
    done: { y: HIGH - done + TOP, height: done },
    count: opened,
    middle: at * STEP + 8 + WIDE / 2,
    label: day(week).slice(0, 5),
  };
}
