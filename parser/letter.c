/* letter.c: joins the human text of a mail and cuts it into lines. */
#include "parser/letter.h"

#include <string.h>

#include "parser/body.h"
#include "parser/formats.h"
#include "parser/kind.h"

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

/* A part behind the first text that begins like a mail is the returned one,
 * though it comes as text/plain. */
static bool
take_returned_text(struct letter *l, const struct part *p)
{
	const char *text = p->text + strspn(p->text, " \t\n");

	if (!body_is_mail(text, strlen(text)))
		return false;
	l->returned_copy = g_strdup(text);
	fields_read(&l->returned_text, l->returned_copy, strlen(text));
	l->returned = &l->returned_text;
	return true;
}

/* Is this part worth reading behind what HUMAN has already? HTML mostly says
 * the same as the plain text before it; what stands behind the status part is
 * the returned mail or a list's footer. */
static bool
says_more(const struct part *p, const GString *human, bool plain, bool status)
{
	if (p->text == NULL || (p->role != PART_TEXT && p->role != PART_HTML))
		return false;
	if (status && plain)
		return false;
	return p->role != PART_HTML || !plain ||
	       memchr(human->str, '@', human->len) == NULL;
}

/* Text parts in front of the returned mail. */
static void
join_parts(struct letter *l)
{
	GString *human = g_string_new(NULL);
	bool plain = false, status = false;

	for (size_t i = 0; i < l->mail->n_parts; i++) {
		const struct part *p = &l->mail->parts[i];

		if (p->role == PART_MAIL || p->role == PART_HEADERS) {
			if (l->returned == NULL && p->mail != NULL)
				l->returned = &p->mail->headers;
			break;
		}
		status = status || p->role == PART_STATUS;
		if (!says_more(p, human, plain, status))
			continue;
		if (plain && take_returned_text(l, p))
			break;
		plain = plain || strspn(p->text, " \t\n") < p->length;
		g_string_append_len(human, p->text,
		    (gssize)MIN(p->length, MAX_HUMAN - human->len));
		g_string_append_c(human, '\n');
		if (human->len >= MAX_HUMAN)
			break;
	}
	l->human = g_utf8_make_valid(human->str, (gssize)human->len);
	g_string_free(human, TRUE);
}

/* "> text"; not ">>> RCPT" of a dialog nor ">From " of an mbox. */
static bool
is_quoted(const char *p)
{
	return p[0] == '>' && (p[1] == ' ' || p[1] == '\n' || p[1] == '\0' ||
				  (p[1] == '>' && p[2] != '>'));
}

/* More letters than these above a forwarded report, or a question, are a
 * person's own words. */
#define MAX_SIGNATURE 80

static size_t
letters_in(const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end; p++)
		n += *p == '?' ? MAX_SIGNATURE : (unsigned char)*p > ' ';
	return n;
}

/* Takes one level of "> " off when the text is quoted from somewhere on. */
static void
unquote(struct letter *l)
{
	size_t marked = 0, plain = 0;
	const char *first = NULL;
	char *out;

	for (const char *p = l->human; *p != '\0';) {
		size_t n = strcspn(p, "\n");

		if (is_quoted(p)) {
			first = first != NULL ? first : p;
			marked++;
		} else if (first != NULL && strspn(p, " \t") < n) {
			plain++;
		}
		p += n + (p[n] == '\n');
	}
	if (marked < 4 || marked < 2 * plain)
		return;
	l->quoted = true;
	l->own_words = letters_in(l->human, first);
	out = l->human;
	for (const char *p = l->human; *p != '\0';) {
		size_t n = strcspn(p, "\n") + 1, skip = 0;

		if (p[n - 1] == '\0')
			n--;
		if (is_quoted(p))
			skip = p[1] == ' ' ? 2 : 1;
		memmove(out, p + skip, n - skip);
		out += n - skip;
		p += n;
	}
	*out = '\0';
}

/* "Begin forwarded message:" or "-----Original Message-----" and a few header
 * fields, near the top: what stands below them is what was sent on. */
static void
unforward(struct letter *l)
{
	char *p = l->human, *from = NULL;
	bool found = false, transported;

	while (
	    *p != '\0' && !found && letters_in(l->human, p) <= MAX_SIGNATURE) {
		size_t n = strcspn(p, "\n");

		found =
		    n < 80 && (words_in(l->words, p, n) & WORDS_FORWARDED) != 0;
		if (found)
			l->own_words = letters_in(l->human, p);
		p += n + (p[n] == '\n');
	}
	if (!found)
		return;
	p += strspn(p, " \t\n");
	transported = body_is_transported(p, strlen(p));
	for (size_t n; *p != '\0' && (n = strspn(p, " \t*")) < 3;) {
		size_t eol = strcspn(p, "\n"), name;

		if (!field_name_at(p + n, eol - n, &name))
			break;
		if (from == NULL &&
		    (words_in(l->words, p + n, name + 1) & WORDS_SENDER))
			from = g_strndup(p + n + name + 1, eol - n - name - 1);
		p += eol + (p[eol] == '\n');
	}
	/* "Original message follows." and then the returned mail as it was */
	if (from == NULL ||
	    (transported && !kind_is_mail_system(l->words, from))) {
		g_free(from);
		return;
	}
	l->forwarded_from = g_strstrip(from);
	memmove(l->human, p, strlen(p) + 1);
}

/* Takes the indentation of the first line off all lines: an indented header
 * is not folded. */
static void
unindent(char *text)
{
	size_t n = strspn(text, " \t");
	char *out = text;

	for (const char *p = text; *p != '\0';) {
		size_t eol = strcspn(p, "\n");
		size_t skip = MIN(strspn(p, " \t"), n);

		memmove(out, p + skip, eol - skip);
		out += eol - skip;
		p += eol;
		if (*p == '\n') {
			*out++ = '\n';
			p++;
		}
	}
	*out = '\0';
}

static void
cut_returned(struct letter *l)
{
	size_t length = strlen(l->human);
	struct body body = body_split(l->words, l->human, length);
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
		unindent(l->returned_copy);
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

/* Header fields with more addresses than this are no report's. */
#define MAX_OTHERS 200

static void
add_lower(GPtrArray *list, const char *address)
{
	if (list->len < MAX_OTHERS)
		g_ptr_array_add(list, g_ascii_strdown(address, -1));
}

static void
add_plain(GPtrArray *list, const char *address)
{
	if (list->len < MAX_FOUND)
		g_ptr_array_add(list, g_strdup(address));
}

/* Every address of the first MAX fields NAME. */
static void
addresses_of(const struct fields *fields, const char *name, size_t max,
    void (*add)(GPtrArray *, const char *), GPtrArray *list)
{
	const struct field *f;

	for (size_t k = 0; k < max && (f = fields_find(fields, name, k)); k++) {
		char *value = field_text(f);
		size_t length = strlen(value);
		struct span s = {0, 0};

		while (address_next(value, length, s.end, &s)) {
			char *a = g_strndup(value + s.start, s.end - s.start);

			add(list, a);
			g_free(a);
		}
		g_free(value);
	}
}

static void
collect_addresses(struct letter *l)
{
	/* Not X-Original-To: the DragonFly Mail Agent names in it whom it
	 * could not reach. */
	static const char *const self[] = {"From", "To", "Delivered-To",
	    "Envelope-To", "Reply-To", "Return-Path", "Sender"};
	static const char *const failed[] = {"X-Failed-Recipients",
	    "X-Failed-Recipient", "X-MS-Failed-Recipients"};
	static const char *const ids[] = {
	    "Message-ID", "In-Reply-To", "References"};
	const struct fields *own = &l->mail->headers;

	for (size_t i = 0; i < G_N_ELEMENTS(self); i++)
		addresses_of(own, self[i], 5, add_lower, l->others);
	for (size_t i = 0; i < G_N_ELEMENTS(failed); i++)
		addresses_of(own, failed[i], 50, add_plain, l->named);
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		addresses_of(own, ids[i], 1, add_lower, l->ids);
		if (l->returned != NULL)
			addresses_of(l->returned, ids[i], 1, add_lower, l->ids);
	}
	if (l->returned != NULL) {
		addresses_of(
		    l->returned, "Return-Path", 1, add_lower, l->others);
		addresses_of(l->returned, "From", 1, add_lower, l->others);
	}
}

/* What stands deeper in the text than this is no report's opening. */
#define MAX_OPENING (16 * 1024)

/* Searches From, Subject and text for all words once. Of From its name and
 * local part: a domain may have any name. */
static void
listen(struct letter *l)
{
	char *from = g_strdup(l->from);

	for (char *at = strchr(from, '@'); at != NULL; at = strchr(at, '@')) {
		size_t n = strcspn(at, "> \t\"");

		memset(at, ' ', n);
	}
	l->is_from = words_in(l->words, from, strlen(from));
	l->is_about = words_in(l->words, l->subject, strlen(l->subject));
	l->format_hits = g_new0(bool, format_count() * FORMAT_PHRASES);
	l->says = words_and_formats_in(l->words, l->human,
	    MIN(strlen(l->human), MAX_OPENING), l->format_hits);
	g_free(from);
}

void
letter_open(struct letter *l, struct words *words, const struct mail *mail)
{
	struct span s;

	*l = (struct letter){.mail = mail, .words = words};
	l->others = g_ptr_array_new_with_free_func(g_free);
	l->named = g_ptr_array_new_with_free_func(g_free);
	l->ids = g_ptr_array_new_with_free_func(g_free);
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
	unquote(l);
	unforward(l);
	cut_returned(l);
	cut_lines(l);
	collect_addresses(l);
	listen(l);
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
	g_free(l->format_hits);
	g_free(l->forwarded_from);
	fields_free(&l->returned_text);
	g_ptr_array_free(l->others, TRUE);
	g_ptr_array_free(l->named, TRUE);
	g_ptr_array_free(l->ids, TRUE);
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

static bool
is_among(const GPtrArray *list, const char *address)
{
	for (guint i = 0; i < list->len; i++) {
		if (g_ascii_strcasecmp(list->pdata[i], address) == 0)
			return true;
	}
	return false;
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
	return is_among(l->others, address);
}

bool
letter_is_id(const struct letter *l, const char *address)
{
	return is_among(l->ids, address);
}
