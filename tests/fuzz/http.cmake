postroom_fuzz(fuzz_http_head fuzz_http_head.cpp http)
