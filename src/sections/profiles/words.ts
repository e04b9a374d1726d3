/** Kinds of contract as the manual names them. */
export const CONTRACT_KINDS = { main: 'Основной договор', supplement: 'Дополнительное соглашение' } as const;
