period-half = half-year { $half } of { $year }
