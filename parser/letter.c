/* letter.c: joins the human text of a mail and cuts it into lines. */
#include "parser/letter.h"

#include <string.h>

#include "parser/body.h"
#include "parser/verp.h"

#define MAX_HUMAN (64 * 1024)

const char *
text_find(const char *text, size_t length, const char *needle)
{
	size_t n = strlen(needle);
	char lower = (char)g_ascii_tolower(needle[0]);
	char upper = (char)g_ascii_toupper(needle[0]);

	for (size_t i = 0; i + n <= length; i++) {
		if ((text[i] == lower || text[i] == upper) &&
		    g_ascii_strncasecmp(text + i, needle, n) == 0)
			return text + i;
	}
	return NULL;
}

bool
text_starts(const char *text, size_t length, const char *prefix)
{
	size_t n = strlen(prefix);

	return length >= n && g_ascii_strncasecmp(text, prefix, n) == 0;
}

/* Text parts in front of the first part that is no text. HTML only when no
 * plain text says the same before it. */
static void
join_parts(struct letter *l)
{
	GString *human = g_string_new(NULL);
	bool plain = false;

	for (size_t i = 0; i < l->mail->n_parts; i++) {
		const struct part *p = &l->mail->parts[i];

		if (p->role == PART_MAIL || p->role == PART_HEADERS) {
			if (l->returned == NULL && p->mail != NULL)
				l->returned = &p->mail->headers;
			break;
		}
		if (p->text == NULL ||
		    (p->role != PART_TEXT && p->role != PART_HTML))
			continue;
		if (p->role == PART_HTML && plain)
			continue;
		plain = plain || (p->role == PART_TEXT &&
				     strspn(p->text, " \t\n") < p->length);
		g_string_append_len(human, p->text,
		    (gssize)MIN(p->length, MAX_HUMAN - human->len));
		g_string_append_c(human, '\n');
		if (human->len >= MAX_HUMAN)
			break;
	}
	l->human = g_utf8_make_valid(human->str, (gssize)human->len);
	g_string_free(human, TRUE);
}

static void
cut_returned(struct letter *l)
{
	size_t length = strlen(l->human);
	struct body body = body_split(l->human, length);
	const char *p;

	if (body.human == length)
		return;
	if (l->returned == NULL) {
		p = l->human + body.returned;
		p += strspn(p, " \t\n");
		/* Back to the start of its line: indented copies. */
		while (p > l->human + body.returned && p[-1] != '\n')
			p--;
		l->returned_copy = g_strdup(p);
		if (*p == ' ' || *p == '\t') {
			/* An indented header is not folded. */
			char *o = l->returned_copy;
			const char *indent = l->returned_copy;
			size_t n = strspn(indent, " \t");

			for (const char *q = l->returned_copy; *q != '\0';) {
				size_t eol = strcspn(q, "\n");
				size_t skip = MIN(strspn(q, " \t"), n);

				memmove(o, q + skip, eol - skip);
				o += eol - skip;
				q += eol;
				if (*q == '\n') {
					*o++ = '\n';
					q++;
				}
			}
			*o = '\0';
		}
		fields_read(&l->returned_text, l->returned_copy,
		    strlen(l->returned_copy));
		if (l->returned_text.count > 0)
			l->returned = &l->returned_text;
	}
	l->human[body.human] = '\0';
}

static void
cut_lines(struct letter *l)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	const char *p = l->human;

	while (*p != '\0' && lines->len < MAX_LINES) {
		size_t n = strcspn(p, "\n"), lead = 0, tail = n;
		struct line line;

		/* Quote marks count as indentation, but a lone > may be a
		 * bullet and <<< or >>> is a dialog. */
		while (lead < n && (p[lead] == ' ' || p[lead] == '\t'))
			lead++;
		while (
		    tail > lead && (p[tail - 1] == ' ' || p[tail - 1] == '\t'))
			tail--;
		line = (struct line){p + lead, tail - lead, lead};
		g_array_append_val(lines, line);
		p += n + (p[n] == '\n');
	}
	l->n_lines = lines->len;
	l->lines = (struct line *)(void *)g_array_free(lines, FALSE);
}

static void
add_other(struct letter *l, const char *address)
{
	if (address != NULL && *address != '\0')
		g_ptr_array_add(l->others, g_ascii_strdown(address, -1));
}

/* Every address of a header field. */
static void
addresses_of(const struct field *f, void (*add)(struct letter *, const char *),
    struct letter *l)
{
	char *value = field_text(f);
	struct span s = {0, 0};
	size_t length = value != NULL ? strlen(value) : 0;

	while (length > 0 && address_next(value, length, s.end, &s)) {
		char *a = g_strndup(value + s.start, s.end - s.start);

		add(l, a);
		g_free(a);
	}
	g_free(value);
}

static void
add_named(struct letter *l, const char *address)
{
	if (l->named->len < MAX_FOUND)
		g_ptr_array_add(l->named, g_strdup(address));
}

static void
collect_addresses(struct letter *l)
{
	static const char *const self[] = {"From", "To", "Delivered-To",
	    "X-Original-To", "Envelope-To", "Reply-To", "Return-Path",
	    "Sender"};
	static const char *const failed[] = {"X-Failed-Recipients",
	    "X-Failed-Recipient", "X-MS-Failed-Recipients"};
	const struct field *f;

	for (size_t i = 0; i < G_N_ELEMENTS(self); i++) {
		for (size_t k = 0; k < 5 && (f = fields_find(&l->mail->headers,
						 self[i], k)) != NULL;
		     k++)
			addresses_of(f, add_other, l);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(failed); i++) {
		for (size_t k = 0; k < 50 && (f = fields_find(&l->mail->headers,
						  failed[i], k)) != NULL;
		     k++)
			addresses_of(f, add_named, l);
	}
	if (l->returned != NULL) {
		f = fields_find(l->returned, "Return-Path", 0);
		if (f != NULL)
			addresses_of(f, add_other, l);
		f = fields_find(l->returned, "From", 0);
		if (f != NULL)
			addresses_of(f, add_other, l);
	}
}

void
letter_open(struct letter *l, const struct mail *mail)
{
	struct span s;

	*l = (struct letter){.mail = mail};
	l->others = g_ptr_array_new_with_free_func(g_free);
	l->named = g_ptr_array_new_with_free_func(g_free);
	l->from = fields_text(&mail->headers, "From");
	if (l->from == NULL)
		l->from = g_strdup("");
	if (address_next(l->from, strlen(l->from), 0, &s)) {
		char *a = g_strndup(l->from + s.start, s.end - s.start);

		l->from_address = g_ascii_strdown(a, -1);
		g_free(a);
	} else {
		l->from_address = g_ascii_strdown(l->from, -1);
	}
	l->subject = fields_text(&mail->headers, "Subject");
	if (l->subject == NULL)
		l->subject = g_strdup("");
	join_parts(l);
	cut_returned(l);
	cut_lines(l);
	collect_addresses(l);
}

void
letter_close(struct letter *l)
{
	g_free(l->from);
	g_free(l->from_address);
	g_free(l->subject);
	g_free(l->human);
	g_free(l->lines);
	g_free(l->returned_copy);
	fields_free(&l->returned_text);
	g_ptr_array_free(l->others, TRUE);
	g_ptr_array_free(l->named, TRUE);
}

bool
letter_has(const struct letter *l, const char *phrase)
{
	return text_find(l->human, strlen(l->human), phrase) != NULL;
}

bool
letter_header(const struct letter *l, const char *name, const char *value)
{
	for (size_t i = 0; i < 20; i++) {
		const struct field *f = fields_find(&l->mail->headers, name, i);

		if (f == NULL)
			return false;
		if (*value == '\0' ||
		    text_find(f->value, f->value_length, value) != NULL)
			return true;
	}
	return false;
}

size_t
letter_line(const struct letter *l, const char *phrase, size_t from)
{
	while (from < l->n_lines && text_find(l->lines[from].text,
					l->lines[from].length, phrase) == NULL)
		from++;
	return MIN(from, l->n_lines);
}

bool
letter_is_other(const struct letter *l, const char *address)
{
	static const char *const staff[] = {"postmaster@", "mailer-daemon@",
	    "abuse@", "mailmaster@", "hostmaster@", "helpdesk@"};

	for (size_t i = 0; i < G_N_ELEMENTS(staff); i++) {
		if (g_ascii_strncasecmp(address, staff[i], strlen(staff[i])) ==
		    0)
			return true;
	}
	for (size_t i = 0; i < l->others->len; i++) {
		if (g_ascii_strcasecmp(l->others->pdata[i], address) == 0)
			return true;
	}
	return false;
}
