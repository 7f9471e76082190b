/* charsets.c: loads the C library's conversion modules while that is still
 * possible. */
#include "worker/charsets.h"

#include <iconv.h>

/* One name per module of the C library is enough: aliases are resolved from
 * a table that is in memory by then. */
static const char *const charsets[] = {"ISO-8859-1", "ISO-8859-2", "ISO-8859-3",
    "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
    "ISO-8859-9", "ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14",
    "ISO-8859-15", "ISO-8859-16", "WINDOWS-1250", "WINDOWS-1251",
    "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255",
    "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "IBM437", "IBM850",
    "IBM852", "IBM866", "IBM874", "KOI8-R", "KOI8-U", "KOI8-T", "MACINTOSH",
    "MAC-CYRILLIC", "TIS-620", "TCVN", "VISCII",
    /* East Asia */
    "ISO-2022-JP", "ISO-2022-JP-2", "ISO-2022-JP-3", "EUC-JP", "SHIFT_JIS",
    "WINDOWS-31J", "EUC-JP-MS", "ISO-2022-KR", "EUC-KR", "UHC", "JOHAB",
    "GB2312", "GBK", "GB18030", "ISO-2022-CN", "ISO-2022-CN-EXT", "BIG5",
    "BIG5-HKSCS", "EUC-TW",
    /* Unicode */
    "US-ASCII", "UTF-8", "UTF-7", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32",
    "UTF-32LE", "UTF-32BE", "UCS-2"};

size_t
charsets_open(void)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++) {
		/* Never closed: the library unloads a module that nobody
		 * uses, and could not load it again. */
		if (iconv_open("UTF-8", charsets[i]) != (iconv_t)-1)
			n++;
	}
	return n;
}
