/* encoded_words.h: encoded words (RFC 2047). Our own, because GMime 3.2 loses
 * every word behind a padded base64 one, and joins no character that a sender
 * has split between two words. */
#ifndef BOUNCED_PARSER_ENCODED_WORDS_H
#define BOUNCED_PARSER_ENCODED_WORDS_H

/* VALUE (unfolded) with its encoded words decoded, UTF-8 on one line: control
 * characters that come out of a word are spaces. Tolerates spaces inside a
 * word, words that touch other text, and the language of RFC 2231 section 5;
 * what is no word stays as it is. One pass. g_free(). */
char *encoded_words_decode(const char *value);

#endif
