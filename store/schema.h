/* schema.h: the SQL that makes a database of version 1. */
#ifndef BOUNCED_STORE_SCHEMA_H
#define BOUNCED_STORE_SCHEMA_H

/* store/schema.sql; ends in NUL. */
extern const char embedded_schema[];

#endif
