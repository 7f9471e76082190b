/* general.c: marks every address of the text with the part it plays, keeps
 * the strongest parts, and gives each recipient its text.
 */
#include "parser/general.h"

#include <string.h>

#include "parser/reply.h"

#define MAX_MARKS 4000
#define MAX_DIAGNOSTIC_LINES 40

/* The part that an address plays in its line; stronger ones first. */
enum place {
	HEAD,    /* opens the line: "<u@d>:", "  u@d", "* u@d on Mon ..." */
	LABEL,   /* "Recipient: u@d", "Unknown user: u@d" */
	DIALOG,  /* "RCPT TO:<u@d>" that was refused */
	REPLY,   /* "550 <u@d>... User unknown" */
	MENTION, /* in a sentence that speaks of failure */
	ORIGIN,  /* "(expanded from: <u@d>)" */
	NOTHING
};

struct mark {
	size_t line;
	enum place part;
	char *address;
	bool other; /* sender, reporter: no recipient if anybody else is */
};

bool
general_has_failure_word(const char *text, size_t length)
{
	static const char *const words[] = {"fail", "undeliver", "not deliver",
	    "could not", "couldn't", "cannot", "can't be", "unable", "unknown",
	    "reject", "refus", "error", "returned", "invalid", "not exist",
	    "n't exist", "not found", "no such", "full", "exceed", "disabled",
	    "denied", "bounce", "not reach", "not receive", "not valid",
	    "not accept", "undelivered", "unreachable", "delayed",
	    "not been delivered", "quota", "blocked", "no longer", "not known",
	    "not listed", "discontinued", "inactive", "expired", "unzustellbar",
	    "nicht zugestellt", "konnte nicht", "fehler", "nicht ausgeliefert",
	    "unbekannt", "abgelehnt", "non remis", "n'a pas pu", "n'a pu",
	    "impossible", "échec", "echec", "erreur", "inconnu", "no se pudo",
	    "no ha podido", "no pudo", "no se ha", "no existe", "rechaz",
	    "não pôde", "nao pode", "não foi", "falha", "inexistente",
	    "non è stato", "impossibile", "errore", "non consegn", "kon niet",
	    "niet worden", "niet bezorgd", "onbekend", "nie można",
	    "nie został", "nieznany", "nelze", "nebylo", "nepodařilo", "neznám",
	    "не удалось", "не доставлен", "не может", "не существует", "ошибка",
	    "невозможно", "iletilemedi", "teslim edilemedi", "ulaştırılamadı",
	    "エラー", "できません", "届け", "配信", "存在しない", "不明",
	    "无法", "無法", "退信", "失败", "失敗", "不存在", "실패",
	    "없습니다", "반송"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (text_find(text, length, words[i]) != NULL)
			return true;
	}
	return false;
}

/* Lines that tell whom to ask, who sent it, or where it was seen. */
static bool
is_about_others(const char *text, size_t length)
{
	static const char *const words[] = {"contact", "assistance", "sent by",
	    "message from", "mail from", "postmaster", "e-mail to ",
	    "email to ", "forward", "please send", "questions", "help desk",
	    "support", "report this", "sender", "from:", "reply-to",
	    "mailto:", "http:", "https:", "complain", "unsubscribe",
	    "message-id", "wenden sie sich", "contacter", "contacte"};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (text_find(text, length, words[i]) != NULL)
			return true;
	}
	return false;
}

static bool
is_decoration(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (g_ascii_isalpha(p[i]) || p[i] == '@')
			return false;
		/* Bullets of every sort are fine, words of any script not. */
		if ((unsigned char)p[i] >= 0x80 &&
		    g_unichar_isalpha(
			g_utf8_get_char_validated(p + i, (gssize)(n - i))))
			return false;
	}
	return n < 12;
}

/* "Recipient:", "Unknown user:", "undeliverable to": words that introduce a
 * recipient; not "From:", "Reply-To:", "Cc:". */
static bool
is_label(const char *p, size_t n)
{
	static const char *const words[] = {"recipient", "address", "user",
	    "mailbox", "rcpt", "failed", "undeliver", "attempts", "destinat",
	    "empf", "adress", "direcci", "endere", "indirizz", "deliver",
	    "account", "smtp=", "rfc-822=", "dda:", "получател", "адрес",
	    "alamat", "宛先", "收件人", "受信者", "送信先", "수신", "odbiorc",
	    "adres", "příjemce", "alıcı"};
	static const char *const not [] = {"from", "sender", "reply",
	    "original recipient's", "return", "absender", "expéditeur",
	    "remitente", "mittente", "送信者", "发件人", "отправител", "nadawc",
	    "odesílatel", "gönderen", "ip address"};

	if (n == 0 || n > 120)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(not ); i++) {
		if (text_find(p, n, not [i]) != NULL)
			return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (text_find(p, n, words[i]) != NULL)
			return true;
	}
	return false;
}

static bool
ends_with_colon(const char *p, size_t n)
{
	while (n > 0 && strchr(" \t<\"'([", p[n - 1]) != NULL)
		n--;
	return n > 0 && (p[n - 1] == ':' || p[n - 1] == '=' ||
			    (n > 2 && memcmp(p + n - 3, "：", 3) == 0));
}

/* "<<< 550 ...", "Out: 550 ...", " 550-...", "550 <u@d>...": the reply code
 * that opens the line, or 0. */
static int
leading_code(const struct line *l)
{
	const char *p = l->text;
	size_t n = l->length;

	for (int i = 0; i < 2; i++) {
		while (n > 0 && strchr("<>|-: \t*", *p) != NULL) {
			p++;
			n--;
		}
		if (text_starts(p, n, "out:") || text_starts(p, n, "srv:")) {
			p += 4;
			n -= 4;
		}
	}
	if (n < 3 || !g_ascii_isdigit(p[0]) || !g_ascii_isdigit(p[1]) ||
	    !g_ascii_isdigit(p[2]) || p[0] < '2' || p[0] > '5' ||
	    (n > 3 && (g_ascii_isalnum(p[3]) || p[3] == '.')))
		return 0;
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

/* The line that refuses the recipient of the RCPT in line I: the answer to
 * it, or, where that was 2yz, to the DATA that follows; n_lines when there is
 * none. */
static size_t
refusal_of(const struct letter *l, size_t i)
{
	bool accepted = false;

	for (size_t k = i + 1; k < l->n_lines && k < i + 60; k++) {
		const struct line *line = &l->lines[k];
		int code = leading_code(line);

		if (code >= 400)
			return k;
		accepted = accepted || code != 0;
		if (text_find(line->text, line->length, "mail from") ||
		    (text_find(line->text, line->length, "rcpt to") &&
			!accepted))
			break;
	}
	return l->n_lines;
}

static bool
is_origin(const char *p, size_t n)
{
	return text_find(p, n, "expanded from") != NULL ||
	       text_find(p, n, "generated from") != NULL ||
	       text_find(p, n, "generated by") != NULL ||
	       text_find(p, n, "forwarded from") != NULL;
}

static bool
near_failure(const struct letter *l, size_t i)
{
	size_t from = i > 1 ? i - 2 : 0;

	for (size_t k = from; k <= i + 2 && k < l->n_lines; k++) {
		if (general_has_failure_word(
			l->lines[k].text, l->lines[k].length))
			return true;
	}
	return false;
}

static enum place
part_of(const struct letter *l, size_t i, struct span s)
{
	const struct line *line = &l->lines[i];
	const char *p = line->text;

	if (is_origin(p, s.start))
		return ORIGIN;
	if (text_find(p, s.start, "rcpt to") != NULL)
		return refusal_of(l, i) < l->n_lines ? DIALOG : NOTHING;
	if (text_find(p, s.start, "mail from") != NULL)
		return NOTHING;
	if (leading_code(line) >= 400)
		return REPLY;
	if (is_decoration(p, s.start))
		return HEAD;
	if (ends_with_colon(p, s.start))
		return is_label(p, s.start)                  ? LABEL
		       : text_starts(p, line->length, "to:") ? MENTION
							     : NOTHING;
	if (is_about_others(p, line->length))
		return NOTHING;
	return near_failure(l, i) ? MENTION : NOTHING;
}

static GArray *
mark_addresses(const struct letter *l)
{
	GArray *marks = g_array_new(FALSE, FALSE, sizeof(struct mark));

	for (size_t i = 0; i < l->n_lines && marks->len < MAX_MARKS; i++) {
		const struct line *line = &l->lines[i];
		struct span s = {0, 0};

		while (address_next(line->text, line->length, s.end, &s)) {
			struct mark m = {.line = i, .part = part_of(l, i, s)};

			if (m.part == NOTHING)
				continue;
			m.address =
			    g_strndup(line->text + s.start, s.end - s.start);
			m.other = letter_is_other(l, m.address);
			g_array_append_val(marks, m);
		}
	}
	return marks;
}

/* Adds recipients of these parts; true when any was added. */
static bool
take(GArray *marks, enum place first, enum place last, bool others,
    struct found_list *out)
{
	for (guint i = 0; i < marks->len; i++) {
		struct mark *m = &g_array_index(marks, struct mark, i);

		if (m->part >= first && m->part <= last && m->other == others)
			(void)found_for(out, m->address);
	}
	return out->count > 0;
}

static void
choose(const struct letter *l, GArray *marks, struct found_list *out)
{
	if (l->named->len > 0) {
		for (guint i = 0; i < l->named->len; i++)
			(void)found_for(out, l->named->pdata[i]);
		return;
	}
	(void)(take(marks, HEAD, LABEL, false, out) ||
	       take(marks, DIALOG, REPLY, false, out) ||
	       take(marks, HEAD, LABEL, true, out) ||
	       take(marks, DIALOG, REPLY, true, out) ||
	       take(marks, MENTION, MENTION, false, out) ||
	       take(marks, MENTION, MENTION, true, out));
}

/* A bare user name that opens the line and has nothing behind it but a
 * remark further right: its length, or 0. */
static size_t
bare_name(const struct line *l)
{
	size_t n = 0;

	while (n < l->length && (g_ascii_isalnum(l->text[n]) ||
				    strchr("._-+", l->text[n]) != NULL))
		n++;
	if (n == 0 || n > 64)
		return 0;
	if (n == l->length || strchr(":;,", l->text[n]) != NULL)
		return n;
	return n + 1 < l->length && l->text[n] == ' ' && l->text[n + 1] == ' '
		   ? n
		   : 0;
}

/* Some report to their own users' names only: "could not be delivered to the
 * following recipients:" and a name in each line. They are users of the
 * domain that reports. */
static void
choose_names(const struct letter *l, struct found_list *out)
{
	const char *domain = address_domain(l->from_address);
	size_t i = 0, n;

	while (
	    i < l->n_lines &&
	    !(ends_with_colon(l->lines[i].text, l->lines[i].length) &&
		general_has_failure_word(l->lines[i].text, l->lines[i].length)))
		i++;
	if (*domain == '\0')
		return;
	for (i++; i < l->n_lines; i++) {
		const struct line *line = &l->lines[i];
		struct found *f;
		char *address;

		if (line->length == 0)
			continue;
		if ((n = bare_name(line)) == 0)
			break;
		address =
		    g_strdup_printf("%.*s@%s", (int)n, line->text, domain);
		f = found_for(out, address);
		g_free(address);
		if (f != NULL)
			found_text(
			    &f->diagnostic, line->text + n, line->length - n);
	}
}

/* The strongest mark that opens the text about ADDRESS; NULL: none. */
static const struct mark *
best_mark(GArray *marks, const char *address)
{
	const struct mark *best = NULL;

	for (guint i = 0; i < marks->len; i++) {
		const struct mark *m = &g_array_index(marks, struct mark, i);

		if (m->part < ORIGIN && address_equal(m->address, address) &&
		    (best == NULL || m->part < best->part))
			best = m;
	}
	return best;
}

/* True when the text about one recipient ends before line I. */
static bool
opens_next(GArray *marks, size_t i, const struct mark *mine)
{
	for (guint k = 0; k < marks->len; k++) {
		const struct mark *m = &g_array_index(marks, struct mark, k);

		if (m->line == i && m->part <= mine->part && m->part <= LABEL &&
		    !address_equal(m->address, mine->address))
			return true;
	}
	return false;
}

static void
append_line(GString *s, const struct line *l)
{
	if (l->length == 0)
		return;
	if (s->len > 0)
		g_string_append_c(s, ' ');
	g_string_append_len(s, l->text, (gssize)l->length);
}

/* What is left of the mark's own line: behind the address for a head, the
 * whole line for the others. */
static void
own_line(const struct letter *l, const struct mark *m, GString *s)
{
	const struct line *line = &l->lines[m->line];
	const char *p = text_find(line->text, line->length, m->address);
	size_t rest;

	if (m->part == DIALOG) {
		append_line(s, &l->lines[refusal_of(l, m->line)]);
		return;
	}
	if (m->part != HEAD || p == NULL) {
		append_line(s, line);
		return;
	}
	p += strlen(m->address);
	rest = line->length - (size_t)(p - line->text);
	while (rest > 0 && strchr(">:\"') ,;", *p) != NULL) {
		p++;
		rest--;
	}
	g_string_append_len(s, p, (gssize)rest);
}

static bool
has_reply(const GString *s)
{
	struct reply r = reply_read(s->str);

	return r.code >= 400 || r.status.class >= 4;
}

/* Collects the paragraphs behind mark M. The diagnostic is the first one
 * with an SMTP reply, else the first. */
static void
read_block(const struct letter *l, GArray *marks, const struct mark *m,
    struct found *f)
{
	GString *paragraph = g_string_new(NULL), *first = NULL;
	bool have_reply = false;
	size_t i = m->line + 1, stop = m->line + 1 + MAX_DIAGNOSTIC_LINES;

	own_line(l, m, paragraph);
	for (;; i++) {
		bool end =
		    i >= l->n_lines || i >= stop || opens_next(marks, i, m);

		if (!end && l->lines[i].length > 0) {
			append_line(paragraph, &l->lines[i]);
			continue;
		}
		if (paragraph->len > 0) {
			if (first == NULL)
				first = g_string_new(paragraph->str);
			if (!have_reply && has_reply(paragraph)) {
				have_reply = true;
				g_string_assign(first, paragraph->str);
			}
			found_text(&f->human, paragraph->str, paragraph->len);
			g_string_truncate(paragraph, 0);
		}
		if (end)
			break;
	}
	if (first != NULL) {
		found_text(&f->diagnostic, first->str, first->len);
		g_string_free(first, TRUE);
	}
	g_string_free(paragraph, TRUE);
}

/* Replies elsewhere in the text that name this recipient. */
static void
read_replies(const struct letter *l, GArray *marks, const struct mark *mine,
    struct found *f)
{
	for (guint i = 0; i < marks->len; i++) {
		const struct mark *m = &g_array_index(marks, struct mark, i);
		size_t line = m->line;

		if (m == mine || !address_equal(m->address, f->address) ||
		    (m->part != DIALOG && m->part != REPLY))
			continue;
		if (m->part == DIALOG) {
			while (line + 1 < l->n_lines &&
			       leading_code(&l->lines[line]) < 400)
				line++;
		}
		found_text(
		    &f->diagnostic, l->lines[line].text, l->lines[line].length);
	}
}

static void
read_origin(GArray *marks, const struct mark *m, struct found *f)
{
	for (guint i = 0; i < marks->len; i++) {
		const struct mark *o = &g_array_index(marks, struct mark, i);

		if (o->part == ORIGIN && o->line >= m->line &&
		    o->line < m->line + 6 && f->original == NULL &&
		    !address_equal(o->address, f->address))
			f->original = g_strdup(o->address);
	}
}

/* The text above the first recipient speaks of all of them. */
static void
read_prologue(const struct letter *l, GArray *marks, struct found_list *out)
{
	size_t first = l->n_lines;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < marks->len; i++) {
		const struct mark *m = &g_array_index(marks, struct mark, i);

		if (m->part < ORIGIN)
			first = MIN(first, m->line);
	}
	for (size_t i = 0; i < first && text->len < 4000; i++)
		append_line(text, &l->lines[i]);
	for (size_t i = 0; i < out->count; i++) {
		struct found *f = &out->list[i];

		if (f->human == NULL && f->diagnostic == NULL)
			found_text(&f->human, l->human, strlen(l->human));
		else
			found_text(&f->human, text->str, text->len);
	}
	g_string_free(text, TRUE);
}

bool
general_read(const struct letter *l, struct found_list *out)
{
	GArray *marks = mark_addresses(l);

	choose(l, marks, out);
	if (out->count == 0)
		choose_names(l, out);
	for (size_t i = 0; i < out->count; i++) {
		struct found *f = &out->list[i];
		const struct mark *m = best_mark(marks, f->address);

		if (m == NULL)
			continue;
		read_block(l, marks, m, f);
		read_replies(l, marks, m, f);
		read_origin(marks, m, f);
	}
	read_prologue(l, marks, out);
	for (guint i = 0; i < marks->len; i++)
		g_free(g_array_index(marks, struct mark, i).address);
	g_array_free(marks, TRUE);
	return out->count > 0;
}
