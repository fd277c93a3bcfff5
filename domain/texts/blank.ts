/**
 * Text that shows nothing: blanks, line ends, and characters that are there and are not seen, such as a zero-width space, a soft hyphen or the
 * filler of Hangul (Unicode calls them default ignorable; the empty pattern of Braille is seen as a blank). Within words they have their use.
 */
export const isBlank = (text: string): boolean => /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(text);
