const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whether this is an id as Postgres writes one. */
export const isUuid = (text: string): boolean => UUID.test(text);
