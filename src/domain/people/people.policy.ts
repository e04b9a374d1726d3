/** The company's own people and what each of them does. */
export const STAFF_ROLES = {
  operator: 'Оператор',
  reviewer: 'Проверяющий документы',
  accountant: 'Бухгалтер',
  editor: 'Редактор',
  administrator: 'Администратор',
} as const;

export type StaffRole = keyof typeof STAFF_ROLES;

/** What a policy asks of the company's own person. */
export interface HasStaffRoles {
  staff_roles: string[];
}

/** Whether this is one of the staff with one of these roles; their administrator has them all. */
export function serves(person: HasStaffRoles, ...roles: StaffRole[]): boolean {
  return (
    person.staff_roles.includes('administrator') || roles.some((role) => person.staff_roles.includes(role))
  );
}

export const peoplePolicy = {
  isStaff: (person: HasStaffRoles) => person.staff_roles.length > 0,
  /** Looks after people, organisations and settings, for the management company. */
  administer: (person: HasStaffRoles) => serves(person),
  /** What is one's own needs no role. */
  own: (_person: { id: string }) => true,
};
