postroom_fuzz(fuzz_address fuzz_address.cpp content)
postroom_fuzz(fuzz_mime fuzz_mime.cpp content gmime_oracle)
postroom_fuzz(fuzz_mail_reader fuzz_mail_reader.cpp content)
postroom_fuzz(fuzz_template fuzz_template.cpp content)
