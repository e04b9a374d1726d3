/** «Служба сервиса» has requests, «Сообщения» has messages: one mechanism with two faces. */
export type Face = 'request' | 'message';
export const FACES: Face[] = ['request', 'message'];

export const STATES = {
  new: 'Новая',
  accepted: 'Принята',
  working: 'В работе',
  waiting: 'Ожидает ответа',
  done: 'Выполнена',
  answered: 'Отвечено',
  closed: 'Закрыта',
  rejected: 'Отклонена',
  withdrawn: 'Отозвана',
} as const;
export type State = keyof typeof STATES;

/** What a face calls itself and its states on screen. */
export const WORDS = {
  request: {
    letter: 'З',
    one: 'Заявка',
    accusative: 'заявку',
    another: 'новую заявку',
    sent: 'отправлена',
    states: STATES,
  },
  message: {
    letter: 'О',
    one: 'Обращение',
    accusative: 'обращение',
    another: 'новое обращение',
    sent: 'отправлено',
    states: { ...STATES, new: 'Новое', closed: 'Закрыто' },
  },
} as const;

export const stateName = (face: Face, state: State): string => WORDS[face].states[state];

/** Who makes a step: the tenant, the company's staff, or time itself. */
export type Side = 'tenant' | 'staff' | 'clock';

/** What can happen to a conversation. `reply` is what a tenant writes; the rest are buttons, and a job. */
export type Step =
  | 'accept'
  | 'start'
  | 'ask'
  | 'finish'
  | 'answer'
  | 'refuse'
  | 'withdraw'
  | 'return'
  | 'reply'
  | 'rate'
  | 'expire';

interface Transition {
  step: Step;
  by: Side;
  from: State[];
  to: State;
  /** The button, where it is one. */
  label?: string;
  /** Must be said in words. */
  words?: true;
}

/** The whole machine (the decisions on requests and messages): what is not in it is refused with the present state. */
export const TRANSITIONS: Record<Face, Transition[]> = {
  request: [
    { step: 'accept', by: 'staff', from: ['new'], to: 'accepted', label: 'Принять' },
    { step: 'start', by: 'staff', from: ['accepted', 'waiting'], to: 'working', label: 'В работу' },
    { step: 'ask', by: 'staff', from: ['working'], to: 'waiting', label: 'Запросить ответ', words: true },
    { step: 'finish', by: 'staff', from: ['working'], to: 'done', label: 'Выполнена' },
    {
      step: 'refuse',
      by: 'staff',
      from: ['new', 'accepted', 'working', 'waiting'],
      to: 'rejected',
      label: 'Отклонить',
      words: true,
    },
    { step: 'withdraw', by: 'tenant', from: ['new', 'accepted'], to: 'withdrawn', label: 'Отозвать' },
    { step: 'reply', by: 'tenant', from: ['waiting'], to: 'working' },
    { step: 'return', by: 'tenant', from: ['done'], to: 'working', label: 'Вернуть в работу', words: true },
    { step: 'rate', by: 'tenant', from: ['done'], to: 'closed', label: 'Оценить и закрыть' },
    { step: 'expire', by: 'clock', from: ['done'], to: 'closed' },
  ],
  message: [
    { step: 'start', by: 'staff', from: ['new'], to: 'working', label: 'В работу' },
    { step: 'answer', by: 'staff', from: ['new', 'working'], to: 'answered', label: 'Ответить', words: true },
    { step: 'reply', by: 'tenant', from: ['answered'], to: 'working' },
    { step: 'rate', by: 'tenant', from: ['answered'], to: 'closed', label: 'Оценить и закрыть' },
    { step: 'expire', by: 'clock', from: ['answered'], to: 'closed' },
  ],
};

/** The transition that a step makes from a state; null where the machine has none. */
export function transition(face: Face, step: Step, from: State): Transition | null {
  return TRANSITIONS[face].find((one) => one.step === step && one.from.includes(from)) ?? null;
}

/** What a side may press in a state, in the machine's order. */
export const stepsFor = (face: Face, state: State, by: Side): Transition[] =>
  TRANSITIONS[face].filter((one) => one.by === by && one.label && one.from.includes(state));

/** What is over: nothing more is written to it. */
const OVER: State[] = ['closed', 'rejected', 'withdrawn'];
export const isOver = (state: State): boolean => OVER.includes(state);

/** It is the company's turn, and its time runs. */
const COUNTING: State[] = ['new', 'accepted', 'working'];
export const isCounting = (state: State): boolean => COUNTING.includes(state);

/** So many days a tenant may send work back, or ask again; then it closes by itself. */
export const RETURN_DAYS = 7;

/** What was done can no longer be sent back. */
export const isSettled = ({ done_at }: { done_at: Date | null }, now: Date): boolean =>
  done_at !== null && now.getTime() - done_at.getTime() > RETURN_DAYS * 86_400_000;

/** Until when what is done may be returned; then it closes by itself. */
export const returnableUntil = ({ done_at }: { done_at: Date | null }): Date | null =>
  done_at && new Date(done_at.getTime() + RETURN_DAYS * 86_400_000);
