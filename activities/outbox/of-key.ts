/**
 * SQL: that the message has the key. Keys are found by their digest (`messages_are_told_once`): a condition on the key alone reads the whole table.
 * @param message name of the table in the statement
 * @param key parameter, or a text of another table
 */
export const ofKey = (message: string, key: string): string =>
  `(hashtextextended(${message}.message_key, 0) = hashtextextended(${key}, 0) and ${message}.message_key = ${key})`;
