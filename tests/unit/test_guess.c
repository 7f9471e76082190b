#include <glib.h>
#include <iconv.h>

#include "parser/guess.h"
#include "suite.h"

static const struct {
	const char *text;
	const char *charset;
} rows[] = {
    {"次のあて先へのメッセージはエラーのため送信できませんでした。",
	"windows-31j"},
    {"次のあて先へのメッセージはエラーのため送信できませんでした。", "euc-jp"},
    {"User unknown ユーザーが見つかりません", "windows-31j"},
    {"User unknown ユーザーが見つかりません", "euc-jp"},
    {"抱歉，您的邮件被退回来了。收件人邮件地址不存在，邮件无法送达。",
	"gb18030"},
    {"您寄出的郵件無法傳遞給下列收件人：信箱容量已滿", "big5-hkscs"},
    {"보내신 메일이 다음 수신자에게 전달되지 못했습니다.", "uhc"},
    {"Письмо не удалось доставить по адресу", "windows-1251"},
    {"Письмо не удалось доставить по адресу", "koi8-r"},
    {"Ответ сервера: 550 пользователь не найден", "windows-1251"},
    {"Ihre Nachricht konnte an die Empfänger nicht übermittelt werden, "
     "größte Mühe",
	"windows-1252"},
    {"La remise aux destinataires suivants a été retardée à l’échéance",
	"windows-1252"},
    {"Não foi possível entregar: caixa não existe, endereço inválido",
	"windows-1252"},
    {"café", "windows-1252"},
};

START_TEST(a_text_without_a_label_is_known_by_its_bytes)
{
	gsize n;
	char *bytes = g_convert(
	    rows[_i].text, -1, rows[_i].charset, "UTF-8", NULL, &n, NULL);

	ck_assert_ptr_nonnull(bytes);
	ck_assert_msg(strcmp(charset_guess(bytes, n), rows[_i].charset) == 0,
	    "%s in %s: %s", rows[_i].text, rows[_i].charset,
	    charset_guess(bytes, n));
	g_free(bytes);
}
END_TEST

START_TEST(any_bytes_get_a_guess)
{
	char bytes[64];
	guint32 seed = 1;

	for (int i = 0; i < 2000; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[k] = (char)(seed >> 24);
		}
		ck_assert_ptr_nonnull(charset_guess(bytes, seed % 64));
	}
	ck_assert_str_eq(charset_guess("", 0), "windows-1252");
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_loop_test(
	    t, a_text_without_a_label_is_known_by_its_bytes, 0, ROWS(rows));
	tcase_add_test(t, any_bytes_get_a_guess);
}

int
main(void)
{
	return run_tests("guess", add_tests);
}
