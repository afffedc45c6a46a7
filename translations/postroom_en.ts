<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>postroom::app::Desktop</name>
    <message numerus="yes">
        <source>%n recipient(s) still wait for their mail.</source>
        <translation>
            <numerusform>%n recipient still waits for its mail.</numerusform>
            <numerusform>%n recipients still wait for their mail.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::Attention</name>
    <message numerus="yes">
        <source>%n recipient(s) are held until somebody decides about their mail.</source>
        <translation>
            <numerusform>%n recipient is held until somebody decides about its mail.</numerusform>
            <numerusform>%n recipients are held until somebody decides about their mail.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::BulkAct</name>
    <message numerus="yes">
        <source>%Ln message(s)</source>
        <translation>
            <numerusform>%Ln message</numerusform>
            <numerusform>%Ln messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln recipient of %1</numerusform>
            <numerusform>%Ln recipients of %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1 were cancelled.</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln recipient of %1 was cancelled.</numerusform>
            <numerusform>%Ln recipients of %1 were cancelled.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1 are tried now.</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln recipient of %1 is tried now.</numerusform>
            <numerusform>%Ln recipients of %1 are tried now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1 are sent now.</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln recipient of %1 is sent now.</numerusform>
            <numerusform>%Ln recipients of %1 are sent now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::KeyLimits</name>
    <message numerus="yes">
        <source>After %n day(s)</source>
        <translation>
            <numerusform>After %n day</numerusform>
            <numerusform>After %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::MainWindow</name>
    <message numerus="yes">
        <source>Trying again in %n s.</source>
        <translation>
            <numerusform>Trying again in %n s.</numerusform>
            <numerusform>Trying again in %n s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::MessageFacts</name>
    <message numerus="yes">
        <source>%Ln recipient(s) will not get it. Who has got it already keeps it.</source>
        <translation>
            <numerusform>%Ln recipient will not get it. Who has got it already keeps it.</numerusform>
            <numerusform>%Ln recipients will not get it. Who has got it already keeps it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) are tried now.</source>
        <translation>
            <numerusform>%Ln recipient is tried now.</numerusform>
            <numerusform>%Ln recipients are tried now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) were cancelled.</source>
        <translation>
            <numerusform>%Ln recipient was cancelled.</numerusform>
            <numerusform>%Ln recipients were cancelled.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) may have got it already, and get it twice. What is known of the last try stands under &quot;Why it waits&quot;.</source>
        <translation>
            <numerusform>%Ln recipient may have got it already, and gets it twice. What is known of the last try stands under &quot;Why it waits&quot;.</numerusform>
            <numerusform>%Ln recipients may have got it already, and get it twice. What is known of the last try stands under &quot;Why it waits&quot;.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) will not get it, unless the last try reached them after all.</source>
        <translation>
            <numerusform>%Ln recipient will not get it, unless the last try reached it after all.</numerusform>
            <numerusform>%Ln recipients will not get it, unless the last try reached them after all.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::MessagesScreen</name>
    <message numerus="yes">
        <source>%Ln message(s)</source>
        <translation>
            <numerusform>%Ln message</numerusform>
            <numerusform>%Ln messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::SandboxScreen</name>
    <message numerus="yes">
        <source>%Ln mail(s)</source>
        <translation>
            <numerusform>%Ln mail</numerusform>
            <numerusform>%Ln mails</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln mail(s) are deleted for good.</source>
        <translation>
            <numerusform>%Ln mail is deleted for good.</numerusform>
            <numerusform>%Ln mails are deleted for good.</numerusform>
        </translation>
    </message>
</context>
</TS>
