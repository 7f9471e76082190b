/* letter_of.h: a letter from the text of a mail, for tests of its readers. */
#ifndef BOUNCED_TESTS_LETTER_OF_H
#define BOUNCED_TESTS_LETTER_OF_H

#include <string.h>

#include "parser/letter.h"

struct opened {
	struct mime *mime;
	struct words *words;
	struct mail *mail;
	struct letter letter;
};

/* TEXT must outlive it. */
static inline struct opened *
open_letter(const char *text)
{
	struct opened *o = g_new0(struct opened, 1);

	o->mime = mime_new();
	o->words = words_new();
	o->mail = mime_read(o->mime, text, strlen(text));
	letter_open(&o->letter, o->words, o->mail);
	return o;
}

static inline void
close_letter(struct opened *o)
{
	letter_close(&o->letter);
	mail_free(o->mail);
	words_free(o->words);
	mime_free(o->mime);
	g_free(o);
}

/* The header of a report, for a text that is to follow. */
#define REPORT                                                                 \
	"Return-Path: <>\n"                                                    \
	"From: MAILER-DAEMON@mx.example.net\n"                                 \
	"To: sender@example.org\n"                                             \
	"Subject: failure notice\n"                                            \
	"\n"

/* The header of what people write. */
#define PERSON                                                                 \
	"Return-Path: <anna@example.com>\n"                                    \
	"From: Anna <anna@example.com>\n"                                      \
	"To: sender@example.org\n"

#endif
