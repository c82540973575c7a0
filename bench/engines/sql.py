"""The SQL text of Q1 to Q5 for the wide table `obs_w` and for the normalised tables. Refuses to know any engine.

Q5 is written as a cascade: each step becomes a table of the engine's cheapest kind, the last one is the result, and
0 stands for all. One GROUPING SETS statement gives the same cells and is slower in every engine tried.
"""

WIDE = {
    "Q1": "SELECT per, sex, SUM(value) AS s FROM obs_w WHERE ind = 7 GROUP BY per, sex ORDER BY per, sex",
    "Q2": "SELECT prov, SUM(value) AS s FROM obs_w WHERE ind = 7 AND per = 20243 GROUP BY prov ORDER BY prov",
    "Q3": "SELECT ind, sex, dist, SUM(value) AS s FROM obs_w WHERE prov = 2 AND per = 20243 "
    "GROUP BY ind, sex, dist ORDER BY ind, sex, dist",
    "Q4": "SELECT ind, per, SUM(value) AS s FROM obs_w GROUP BY ind, per ORDER BY ind, per",
}

# Only the joins that each query needs.
NORMALISED = {
    "Q1": "SELECT o.period_id AS per, c.sex AS sex, SUM(o.value) AS s FROM observation o "
    "JOIN category c ON c.category_id = o.category_id WHERE o.indicator_id = 7 "
    "GROUP BY o.period_id, c.sex ORDER BY per, sex",
    "Q2": "SELECT u.province_id AS prov, SUM(o.value) AS s FROM observation o "
    "JOIN org_unit u ON u.org_unit_id = o.org_unit_id WHERE o.indicator_id = 7 AND o.period_id = 20243 "
    "GROUP BY u.province_id ORDER BY prov",
    "Q3": "SELECT o.indicator_id AS ind, c.sex AS sex, u.district_id AS dist, SUM(o.value) AS s FROM observation o "
    "JOIN org_unit u ON u.org_unit_id = o.org_unit_id JOIN category c ON c.category_id = o.category_id "
    "WHERE u.province_id = 2 AND o.period_id = 20243 GROUP BY o.indicator_id, c.sex, u.district_id "
    "ORDER BY ind, sex, dist",
    "Q4": "SELECT o.indicator_id AS ind, o.period_id AS per, SUM(o.value) AS s FROM observation o "
    "GROUP BY o.indicator_id, o.period_id ORDER BY ind, per",
}

# Lets Q5 read the normalised tables as if they were wide.
VIEW = (
    "CREATE VIEW obs_w AS SELECT o.indicator_id AS ind, o.period_id AS per, u.province_id AS prov, "
    "u.district_id AS dist, o.org_unit_id AS comm, c.sex AS sex, c.age AS age, o.value AS value "
    "FROM observation o JOIN org_unit u ON u.org_unit_id = o.org_unit_id "
    "JOIN category c ON c.category_id = o.category_id"
)

CUBE = {
    "q5_base": "SELECT ind, per, prov, dist, sex, age, SUM(value) AS s FROM obs_w "
    "GROUP BY ind, per, prov, dist, sex, age",
    "q5_prov": "SELECT ind, per, prov, sex, age, SUM(s) AS s FROM q5_base GROUP BY ind, per, prov, sex, age",
    "q5_org": "SELECT ind, per, dist AS org, sex, age, s FROM q5_base "
    "UNION ALL SELECT ind, per, prov AS org, sex, age, s FROM q5_prov "
    "UNION ALL SELECT ind, per, 0 AS org, sex, age, SUM(s) AS s FROM q5_prov GROUP BY ind, per, sex, age",
    "q5_sex": "SELECT ind, per, org, sex, SUM(s) AS s FROM q5_org GROUP BY ind, per, org, sex",
    "q5_cube": "SELECT ind, per, org, sex, age, s FROM q5_org "
    "UNION ALL SELECT ind, per, org, sex, 0 AS age, s FROM q5_sex "
    "UNION ALL SELECT ind, per, org, 0 AS sex, age, SUM(s) AS s FROM q5_org GROUP BY ind, per, org, age "
    "UNION ALL SELECT ind, per, org, 0 AS sex, 0 AS age, SUM(s) AS s FROM q5_sex GROUP BY ind, per, org",
}

# The district numbers (102 …) and province numbers (1 …) do not meet, so one column holds both.
CUBE_CHECK = "SELECT COUNT(*), SUM(s), SUM(CAST(s AS DOUBLE PRECISION) * s / 1000) FROM q5_cube"
