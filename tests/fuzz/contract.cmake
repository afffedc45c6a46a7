postroom_fuzz(fuzz_env fuzz_env.cpp contract)
postroom_fuzz(fuzz_search fuzz_search.cpp contract)
postroom_fuzz(fuzz_csv fuzz_csv.cpp contract)
