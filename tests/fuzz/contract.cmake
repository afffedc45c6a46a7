postroom_fuzz(fuzz_env fuzz_env.cpp contract)
