/* data.c: the shipped data files as bytes of the program. .incbin does what
 * xxd would, without a tool and without a minute of compiling. */
#include "conf/data.h"

#define EMBED(symbol, file)                                                    \
	__asm__(".pushsection .rodata\n"                                       \
		".global " #symbol "\n" #symbol ":\n"                          \
		".incbin \"" file "\"\n"                                       \
		".global " #symbol "_end\n" #symbol "_end:\n"                  \
		".byte 0\n"                                                    \
		".popsection\n");                                              \
	extern const char symbol[];                                            \
	extern const char symbol##_end[]

EMBED(embedded_rules, "conf/rules.conf");
EMBED(embedded_codes, "conf/codes.conf");
EMBED(embedded_config, "conf/bounced.conf");

/* Lengths are differences of symbols and so known only at run time. */
struct source
shipped_rules(void)
{
	return (struct source){"rules.conf", embedded_rules,
	    (size_t)(embedded_rules_end - embedded_rules)};
}

struct source
shipped_codes(void)
{
	return (struct source){"codes.conf", embedded_codes,
	    (size_t)(embedded_codes_end - embedded_codes)};
}

struct source
shipped_config(void)
{
	return (struct source){"bounced.conf", embedded_config,
	    (size_t)(embedded_config_end - embedded_config)};
}
