/** Roles in an organisation's profile (several at once) with their names on screen. */
export const ROLES = {
  administrator: 'Администратор профиля',
  documents: 'Документы',
  requests: 'Заявки и обращения',
  accounting: 'Бухгалтерия',
  passes: 'Пропуска',
  observer: 'Наблюдатель',
} as const;

export type Role = keyof typeof ROLES;

/** What a policy asks of a member. */
export interface HasRoles {
  roles: string[];
}

/** Whether the member has one of these roles; the administrator has them all. */
export function holds(member: HasRoles, ...roles: Role[]): boolean {
  return member.roles.includes('administrator') || roles.some((role) => member.roles.includes(role));
}

export const membershipPolicy = {
  /** Every member sees what the organisation is and rents. */
  information: (_member: HasRoles) => true,
  /** Says who belongs to the organisation and who may do what. */
  manage: (member: HasRoles) => holds(member),
};

export const ROLE_NAMES = Object.keys(ROLES) as Role[];
