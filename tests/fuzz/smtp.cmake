postroom_fuzz(fuzz_smtp_reply fuzz_smtp_reply.cpp smtp)
postroom_fuzz(fuzz_smtp_dialog fuzz_smtp_dialog.cpp smtp)
