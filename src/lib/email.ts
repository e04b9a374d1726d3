/** An address that a letter can be sent to, and that is nothing else: no name beside it, no list of several. */
export const EMAIL = /^[^\s@<>()[\],;:\\"]+@[^\s@.]+(\.[^\s@.]+)+$/;
