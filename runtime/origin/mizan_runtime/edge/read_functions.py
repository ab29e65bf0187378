"""SQL functions and words that may stand before a parenthesis without anything being written."""

# Not functions at all: what else stands before "(" in a statement that reads.
WORDS = frozenset(
    """
    ALL AND ANY ARRAY AS BETWEEN BY CASE CONFLICT CUBE DISTINCT ELSE ESCAPE EXCEPT EXISTS EXPLAIN
    FILTER FROM GLOB GROUP HAVING ILIKE IN INDEX INTERSECT INTERVAL IS JOIN KEY LATERAL LIKE LIMIT
    MATCH MATERIALIZED MINUS NOT OF OFFSET ON OR ORDER OVER PARTITION REGEXP RETURNING RLIKE ROLLUP ROW
    SELECT SET SETS SIMILAR SOME TABLESAMPLE BERNOULLI SYSTEM THEN TO UNION UNIQUE USING VALUES WHEN
    WHERE WINDOW WITH
    BIT BINARY CHAR CHARACTER DATETIME DATETIME2 DEC DECIMAL DOUBLE FLOAT NCHAR NUMBER NUMERIC
    NVARCHAR NVARCHAR2 PRECISION RAW REAL SIGNED TIME TIMESTAMP TIMESTAMPTZ UNSIGNED VARBINARY VARBIT
    VARCHAR VARCHAR2 VARYING VECTOR
    """.split()
)

# Django's own for SQLite, and PostGIS'.
PREFIXES = ("DJANGO_", "ST_")

_AGGREGATES = """
    any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp
    every group_concat json_agg json_agg_strict json_arrayagg json_group_array json_group_object
    json_object_agg json_objectagg jsonb_agg jsonb_object_agg listagg max median min mode
    percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy std stddev stddev_pop stddev_samp
    string_agg sum total var_pop var_samp variance xmlagg
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    grouping
"""
_NUMBERS = """
    abs acos acosh asin asinh atan atan2 atanh cbrt ceil ceiling cos cosh cot degrees div exp factorial
    floor gcd lcm ln log log10 log2 min_scale mod pi pow power radians rand random round scale sign sin
    sinh sqrt tan tanh to_number trim_scale trunc truncate width_bucket bit_count
"""
_TEXTS = """
    ascii bin btrim char_length character_length chr concat concat_ws convert convert_from convert_to
    decode dump encode field find_in_set format from_base64 hex initcap instr left length likelihood
    likely lower lpad ltrim md5 mid normalize nullif oct octet_length ord overlay position printf quote
    quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match
    regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat
    replace reverse right rpad rtrim sha1 sha2 sha224 sha256 sha384 sha512 space split_part
    standard_hash starts_with strcmp string_to_array string_to_table strpos substr substring
    substring_index to_ascii to_base64 to_hex translate trim unhex unicode unistr unlikely upper
    levenshtein metaphone dmetaphone soundex difference unaccent similarity word_similarity
    strict_word_similarity show_trgm gen_random_uuid uuid uuidv4 uuidv7 uuid_generate_v4
"""
_TIMES = """
    adddate addtime age clock_timestamp convert_tz curdate current_date current_time
    current_timestamp curtime date date_add date_bin date_format date_part date_sub date_trunc datediff
    datetime day dayname dayofmonth dayofweek dayofyear extract from_days from_unixtime get_format hour
    isfinite julianday justify_days justify_hours justify_interval last_day localtime localtimestamp
    make_date make_interval make_time make_timestamp make_timestamptz makedate maketime microsecond
    minute month monthname months_between now numtodsinterval numtoyminterval period_add period_diff
    quarter sec_to_time second statement_timestamp str_to_date strftime subdate subtime sysdate time
    time_format time_to_sec timediff timeofday timestamp timestampadd timestampdiff timezone to_char
    to_date to_days to_dsinterval to_seconds to_timestamp to_yminterval transaction_timestamp
    unix_timestamp unixepoch utc_date utc_time utc_timestamp week weekday weekofyear year yearweek
"""
_STRUCTURES = """
    array_append array_cat array_dims array_length array_lower array_ndims array_position
    array_positions array_prepend array_remove array_replace array_reverse array_sort array_to_json
    array_to_string array_upper arraycontains arrayoverlap cardinality generate_series
    generate_subscripts unnest
    json json_array json_array_elements json_array_elements_text json_array_length json_build_array
    json_build_object json_contains json_contains_path json_depth json_each json_each_text json_exists
    json_extract json_extract_path json_extract_path_text json_insert json_keys json_length
    json_merge_patch json_merge_preserve json_object json_object_keys json_overlaps json_patch
    json_populate_record json_populate_recordset json_pretty json_query json_quote json_remove
    json_replace json_scalar json_search json_serialize json_set json_strip_nulls json_table
    json_to_record json_to_recordset json_tree json_type json_typeof json_unquote json_valid json_value
    jsonb jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all jsonb_exists_any
    jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys
    jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
    jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax
    jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb
    akeys avals each exist hstore hstore_to_array hstore_to_json hstore_to_jsonb skeys slice svals
    int4range int8range numrange daterange tsrange tstzrange isempty lower_inc lower_inf range_merge
    upper_inc upper_inf multirange
    xmlelement xmlforest xpath xpath_exists
"""
_SEARCH = """
    array_to_tsvector json_to_tsvector jsonb_to_tsvector numnode phraseto_tsquery plainto_tsquery
    querytree setweight strip to_tsquery to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd
    ts_rewrite tsvector_to_array websearch_to_tsquery bm25 highlight snippet
    cosine_distance inner_product l1_distance l2_distance vector_dims vector_norm
"""
_REST = """
    bin_to_uuid cast changes coalesce col_description collation current_catalog current_database
    current_query current_role current_schema current_schemas current_setting current_user currval
    database elt format_bytes format_type found_rows greatest grouping_id
    has_any_column_privilege has_column_privilege has_database_privilege has_schema_privilege
    has_table_privilege if ifnull iif inet_aton inet_ntoa inet_server_addr inet_server_port interval
    is_uuid isnull last_insert_id last_insert_rowid lastval least lnnvl masklen broadcast family
    host netmask network nvl nvl2 obj_description oid overlaps pg_backend_pid pg_column_size
    pg_database_size pg_encoding_to_char pg_get_constraintdef pg_get_expr pg_get_functiondef
    pg_get_indexdef pg_get_serial_sequence pg_get_userbyid pg_get_viewdef pg_indexes_size
    pg_is_in_recovery pg_relation_size pg_size_pretty pg_sleep pg_table_is_visible pg_table_size
    pg_total_relation_size pg_typeof regexp row row_count rownum sequence_name session_user
    set_config sleep sqlite_compileoption_used sqlite_source_id sqlite_version sys_context text
    to_regclass to_regtype to_uuid txid_current txid_current_if_assigned typeof user
    uuid_extract_timestamp uuid_to_bin values version zeroblob
    pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all
    pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock
    pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared hashtext
    hashtextextended get_lock is_free_lock is_used_lock release_all_locks release_lock pg_notify
    bool boolean bigint int int2 int4 int8 integer smallint double inet uuid bytea
"""
# Those of the databases' own. Any other function may write: it counts as a write.
FUNCTIONS = frozenset(
    (_AGGREGATES + _NUMBERS + _TEXTS + _TIMES + _STRUCTURES + _SEARCH + _REST).upper().split()
)
