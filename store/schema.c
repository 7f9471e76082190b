/* schema.c: the SQL of the migration steps as bytes of the program. .incbin
 * as in conf/data.c. */
#include "store/schema.h"

__asm__(".pushsection .rodata\n"
	".global embedded_schema\n"
	"embedded_schema:\n"
	".incbin \"store/schema.sql\"\n"
	".byte 0\n"
	".popsection\n");
