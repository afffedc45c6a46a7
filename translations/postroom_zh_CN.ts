<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>postroom::app::Desktop</name>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>The engine had to stop: %1 Nothing that was accepted is lost.</source>
        <translation>引擎被迫停止，已受理的邮件不会丢失。原因：%1</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Another program listens on %1, so no program can post mail to this one. Close that program and start again, or use another port.</source>
        <translation>%1 已被其他程序占用，业务程序无法向 Postroom 提交邮件。请关闭占用的程序后重新启动，或改用其他端口。</translation>
    </message>
    <message>
        <source>Use another port</source>
        <translation>改用其他端口</translation>
    </message>
    <message>
        <source>The engine could not start. %1</source>
        <translation>引擎无法启动：%1</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Mail is still moving</source>
        <translation>仍有邮件在投递</translation>
    </message>
    <message numerus="yes">
        <source>%n recipient(s) still wait for their mail.</source>
        <translation>
            <numerusform>还有 %n 位收件人在等待邮件。</numerusform>
        </translation>
    </message>
    <message>
        <source>While Postroom does not run nothing is sent. Nothing is lost: it goes on at the next start.</source>
        <translation>Postroom 退出后不会发送邮件。邮件不会丢失，下次启动后继续发送。</translation>
    </message>
    <message>
        <source>Keep running in the background</source>
        <translation>在后台继续运行</translation>
    </message>
    <message>
        <source>Postroom finishes what it has begun and stops…</source>
        <translation>Postroom 正在完成未结束的投递，随后退出…</translation>
    </message>
    <message>
        <source>No engine runs on this computer.</source>
        <translation>本机没有引擎在运行。</translation>
    </message>
    <message>
        <source>Start it</source>
        <translation>启动引擎</translation>
    </message>
    <message>
        <source>It can&apos;t be said how much mail still waits: the engine does not answer.</source>
        <translation>无法得知还有多少邮件在等待：引擎没有响应。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::AccountFields</name>
    <message>
        <source>E-mail address</source>
        <translation>邮箱地址</translation>
    </message>
    <message>
        <source>Display name</source>
        <translation>显示名称</translation>
    </message>
    <message>
        <source>Stands beside the address in From</source>
        <translation>显示在发件人地址旁</translation>
    </message>
    <message>
        <source>TLS from the start</source>
        <translation>TLS（连接即加密）</translation>
    </message>
    <message>
        <source>STARTTLS</source>
        <translation>STARTTLS</translation>
    </message>
    <message>
        <source>None, in clear text</source>
        <translation>不加密（明文）</translation>
    </message>
    <message>
        <source>SMTP server</source>
        <translation>SMTP 服务器</translation>
    </message>
    <message>
        <source>Security</source>
        <translation>加密方式</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>User name</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Empty: no login</source>
        <translation>留空则不登录</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Daily limit</source>
        <translation>每日限额</translation>
    </message>
    <message>
        <source>Recipients a day; empty: none</source>
        <translation>每天的收件人数；留空则不限</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>The greatest goes first</source>
        <translation>数值大的优先</translation>
    </message>
    <message>
        <source>Connections at once</source>
        <translation>并发连接数</translation>
    </message>
    <message>
        <source>Empty: as the engine does</source>
        <translation>留空则沿用引擎设置</translation>
    </message>
    <message>
        <source>May send as</source>
        <translation>可用发件地址</translation>
    </message>
    <message>
        <source>One address a line, *@example.com for all of a domain. Empty: only its own address.</source>
        <translation>每行一个地址，*@example.com 表示整个域名。留空则只能用账户自身地址。</translation>
    </message>
    <message>
        <source>Advanced: the server&apos;s certificate</source>
        <translation>高级：服务器证书</translation>
    </message>
    <message>
        <source>CA certificate (PEM)</source>
        <translation>CA 证书（PEM）</translation>
    </message>
    <message>
        <source>Of a private CA: then only it is trusted</source>
        <translation>用于私有 CA；填写后只信任该 CA</translation>
    </message>
    <message>
        <source>Certificate fingerprint (SHA-256)</source>
        <translation>证书指纹（SHA-256）</translation>
    </message>
    <message>
        <source>Then only the certificate with this fingerprint is trusted</source>
        <translation>填写后只信任具有此指纹的证书</translation>
    </message>
    <message>
        <source>Empty: as it is now</source>
        <translation>留空则保持不变</translation>
    </message>
    <message>
        <source>Unchanged</source>
        <translation>未更改</translation>
    </message>
    <message>
        <source>Is needed with a password</source>
        <translation>已填密码，须填写用户名</translation>
    </message>
    <message>
        <source>Is needed with a user name</source>
        <translation>已填用户名，须填写密码</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Hourly limit</source>
        <translation>每小时限额</translation>
    </message>
    <message>
        <source>Recipients an hour; empty: none</source>
        <translation>每小时的收件人数；留空不限</translation>
    </message>
    <message>
        <source>Rate a minute</source>
        <translation>每分钟速率</translation>
    </message>
    <message>
        <source>Evenly spread; empty: any</source>
        <translation>均匀发送；留空不限</translation>
    </message>
</context>
<context>
    <name>postroom::ui::AccountForm</name>
    <message>
        <source>Edit %1</source>
        <translation>编辑 %1</translation>
    </message>
    <message>
        <source>Add a mail account</source>
        <translation>添加邮箱账户</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save and test</source>
        <translation>保存并测试</translation>
    </message>
    <message>
        <source>The engine tests what is stored: this saves first</source>
        <translation>引擎测试的是已保存的设置，因此会先保存</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>%1 was changed.</source>
        <translation>已修改 %1。</translation>
    </message>
    <message>
        <source>%1 was added.</source>
        <translation>已添加 %1。</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>There is an account with this address already</source>
        <translation>已有使用此地址的账户</translation>
    </message>
</context>
<context>
    <name>postroom::ui::AccountPanel</name>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>STARTTLS</source>
        <translation>STARTTLS</translation>
    </message>
    <message>
        <source>not encrypted</source>
        <translation>未加密</translation>
    </message>
    <message>
        <source>%1:%2, %3</source>
        <translation>%1:%2，%3</translation>
    </message>
    <message>
        <source>%1, without login</source>
        <translation>%1，不登录</translation>
    </message>
    <message>
        <source>%1, as %2</source>
        <translation>%1，用户名 %2</translation>
    </message>
    <message>
        <source>%1, no limit</source>
        <translation>%1，不限额</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Only its own address</source>
        <translation>仅账户自身地址</translation>
    </message>
    <message>
        <source>Details of the account</source>
        <translation>账户详情</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Last problem</source>
        <translation>最近问题</translation>
    </message>
    <message>
        <source>Used today</source>
        <translation>今日已用</translation>
    </message>
    <message>
        <source>May send as</source>
        <translation>可用发件地址</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>%1 (since %2)</source>
        <translation>%1（自 %2 起）</translation>
    </message>
    <message>
        <source>%1 in 24 hours</source>
        <translation>24 小时内 %1</translation>
    </message>
    <message>
        <source>%1 a day</source>
        <translation>每天 %1</translation>
    </message>
    <message>
        <source>%1 an hour</source>
        <translation>每小时 %1</translation>
    </message>
    <message>
        <source>%1 a minute</source>
        <translation>每分钟 %1</translation>
    </message>
    <message>
        <source>a plan for its first weeks</source>
        <translation>预热计划</translation>
    </message>
    <message>
        <source>at some hours only</source>
        <translation>仅限部分时段</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限额</translation>
    </message>
</context>
<context>
    <name>postroom::ui::AccountRules</name>
    <message>
        <source>Is needed</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>What stands behind the @ is no domain</source>
        <translation>@ 后面不是有效域名</translation>
    </message>
    <message>
        <source>The domain behind the @ is missing</source>
        <translation>@ 后面缺少域名</translation>
    </message>
    <message>
        <source>What stands before the @ is longer than 64 characters</source>
        <translation>@ 前面超过 64 个字符</translation>
    </message>
    <message>
        <source>An address has no spaces</source>
        <translation>邮箱地址不能包含空格</translation>
    </message>
    <message>
        <source>What stands before the @ must be plain ASCII</source>
        <translation>@ 前面只能使用 ASCII 字符</translation>
    </message>
    <message>
        <source>Is not an e-mail address</source>
        <translation>不是有效的邮箱地址</translation>
    </message>
    <message>
        <source>Is not a whole number</source>
        <translation>不是整数</translation>
    </message>
    <message>
        <source>Must lie between %1 and %2</source>
        <translation>须在 %1 到 %2 之间</translation>
    </message>
    <message>
        <source>The name before the @ is missing</source>
        <translation>@ 前面缺少用户名</translation>
    </message>
    <message>
        <source>Is longer than an address may be</source>
        <translation>超过邮箱地址的长度上限</translation>
    </message>
    <message>
        <source>Is not an e-mail address: the @ is missing</source>
        <translation>不是有效的邮箱地址：缺少 @</translation>
    </message>
    <message>
        <source>Only the server&apos;s name: nothing before or behind it</source>
        <translation>只填服务器名，前后不要有其他内容</translation>
    </message>
    <message>
        <source>Is an address, not a server&apos;s name</source>
        <translation>这是邮箱地址，不是服务器名</translation>
    </message>
    <message>
        <source>Is neither a host name nor an address</source>
        <translation>不是有效的主机名或 IP 地址</translation>
    </message>
    <message>
        <source>An international name goes here in its xn-- form</source>
        <translation>国际化域名请填写 xn-- 形式</translation>
    </message>
    <message>
        <source>Is longer than a host name may be</source>
        <translation>超过主机名的长度上限</translation>
    </message>
    <message>
        <source>The port has a field of its own</source>
        <translation>端口请填在端口栏</translation>
    </message>
    <message>
        <source>At most %1 addresses</source>
        <translation>最多 %1 个地址</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
    <message>
        <source>This holds a private key: only the certificate belongs here</source>
        <translation>其中包含私钥：此处只填证书</translation>
    </message>
    <message>
        <source>Is too long</source>
        <translation>过长</translation>
    </message>
    <message>
        <source>Is not a certificate in PEM, which begins with -----BEGIN CERTIFICATE-----</source>
        <translation>不是 PEM 格式的证书，应以 -----BEGIN CERTIFICATE----- 开头</translation>
    </message>
    <message>
        <source>Is not a SHA-256 fingerprint: 64 hexadecimal digits</source>
        <translation>不是 SHA-256 指纹：应为 64 位十六进制数字</translation>
    </message>
    <message>
        <source>The password would be sent in clear: choose TLS or STARTTLS</source>
        <translation>密码将以明文发送：请选择 TLS 或 STARTTLS</translation>
    </message>
    <message>
        <source>QQ Mail takes an authorisation code here, not the QQ password. Its settings give one under Account, POP3/IMAP/SMTP.</source>
        <translation>QQ 邮箱此处填授权码，不是 QQ 密码。授权码可在邮箱设置的“账号”→“POP3/IMAP/SMTP”中获取。</translation>
    </message>
    <message>
        <source>With secure login on, Tencent Exmail takes a client password here, not the login password.</source>
        <translation>开启安全登录后，腾讯企业邮箱此处填客户端专用密码，不是登录密码。</translation>
    </message>
    <message>
        <source>NetEase takes an authorisation code here, not the login password. Its settings give one under POP3/SMTP/IMAP.</source>
        <translation>网易邮箱此处填授权码，不是登录密码。授权码可在邮箱设置的“POP3/SMTP/IMAP”中获取。</translation>
    </message>
    <message>
        <source>Turn SMTP on in the mailbox&apos;s settings first.</source>
        <translation>请先在邮箱设置中开启 SMTP 服务。</translation>
    </message>
    <message>
        <source>Google takes an app password here, not the login password. It needs 2-step verification.</source>
        <translation>Google 邮箱此处填应用专用密码，不是登录密码。须先开启两步验证。</translation>
    </message>
    <message>
        <source>Microsoft refuses passwords for most of these mailboxes: test the account before you rely on it.</source>
        <translation>这类邮箱大多已被 Microsoft 禁用密码登录：正式使用前请先测试账户。</translation>
    </message>
    <message>
        <source>An administrator must have SMTP AUTH allowed for this mailbox.</source>
        <translation>须由管理员为此邮箱启用 SMTP AUTH。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::AccountsScreen</name>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Used / limit</source>
        <translation>已用 / 限额</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新时间</translation>
    </message>
    <message>
        <source>Mail accounts</source>
        <translation>邮箱账户</translation>
    </message>
    <message>
        <source>No mail account yet</source>
        <translation>还没有邮箱账户</translation>
    </message>
    <message>
        <source>Messages leave through a mail account: an address with its SMTP server and login.</source>
        <translation>邮件通过邮箱账户发出：一个邮箱地址，加上它的 SMTP 服务器和登录信息。</translation>
    </message>
    <message>
        <source>Add the first account</source>
        <translation>添加第一个账户</translation>
    </message>
    <message>
        <source>Add account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>Ctrl+N</source>
        <translation>Ctrl+N</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>回车</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Connect and log in, without sending</source>
        <translation>只连接并登录，不发送邮件</translation>
    </message>
    <message>
        <source>Disable</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>List the accounts</source>
        <translation>列出账户</translation>
    </message>
    <message>
        <source>Enable</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>%1 is disabled: nothing leaves through it.</source>
        <translation>%1 已停用，不再用它发送邮件。</translation>
    </message>
    <message>
        <source>%1 is enabled.</source>
        <translation>%1 已启用。</translation>
    </message>
    <message>
        <source>Remove a mail account</source>
        <translation>删除邮箱账户</translation>
    </message>
    <message>
        <source>Remove the account %1 with its password? Messages that wait for it go through other accounts or wait until there is one. This can&apos;t be taken back.</source>
        <translation>删除账户 %1 及其密码？等待该账户的邮件将改由其他账户发送；没有其他账户时，会一直等到有为止。此操作无法撤销。</translation>
    </message>
    <message>
        <source>%1 was removed.</source>
        <translation>已删除 %1。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::ActivityPanel</name>
    <message>
        <source>Activity</source>
        <translation>动态</translation>
    </message>
    <message>
        <source>Nothing has happened in this window yet.</source>
        <translation>本窗口还没有动态。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel: %1</source>
        <translation>取消：%1</translation>
    </message>
</context>
<context>
    <name>postroom::ui::AttachmentList</name>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Attached files</source>
        <translation>附件列表</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Remove the chosen file</source>
        <translation>移除所选文件</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>选择附件</translation>
    </message>
    <message>
        <source>%1 can&apos;t be read: is it a file, and may you read it?</source>
        <translation>无法读取 %1：请确认它是文件，并且有读取权限。</translation>
    </message>
    <message>
        <source>%1 is too large: all files together may have %2.</source>
        <translation>%1 太大：所有文件合计不得超过 %2。</translation>
    </message>
    <message>
        <source>%1 was not added: a mail takes at most %2 files.</source>
        <translation>未添加 %1：一封邮件最多 %2 个文件。</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>file, size</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Or drop them here: at most %1 in all</source>
        <translation>也可拖放到此处，总计不超过 %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>used, allowed</comment>
        <translation>%1 / %2</translation>
    </message>
</context>
<context>
    <name>postroom::ui::Attention</name>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>The ledger is out of balance by %1: report this with a copy of the log.</source>
        <translation>账目相差 %1：请报告此问题，并附上日志副本。</translation>
    </message>
    <message>
        <source>There is no mail account yet: nothing can be sent but to the sandbox.</source>
        <translation>还没有邮箱账户：只能向沙箱发送。</translation>
    </message>
    <message>
        <source>Add an account</source>
        <translation>添加账户</translation>
    </message>
    <message>
        <source>No mail account can send now: everything waits.</source>
        <translation>当前没有可发送的邮箱账户：所有邮件都在等待。</translation>
    </message>
    <message>
        <source>Show the accounts</source>
        <translation>查看账户</translation>
    </message>
    <message numerus="yes">
        <source>%n recipient(s) are held until somebody decides about their mail.</source>
        <translation>
            <numerusform>%n 位收件人的邮件已暂扣，等待人工决定。</numerusform>
        </translation>
    </message>
    <message>
        <source>No program has a key yet: create one to send through the API.</source>
        <translation>还没有 API 密钥：请创建一个，供程序通过 API 发送。</translation>
    </message>
    <message>
        <source>Create a key</source>
        <translation>创建密钥</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>还有 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>the queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>the chart</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>the mail accounts</source>
        <translation>邮箱账户</translation>
    </message>
    <message>
        <source>the API keys</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>What is not known now: %1. %2</source>
        <comment>parts of the engine, then why</comment>
        <translation>目前无法读取：%1。%2</translation>
    </message>
    <message>
        <source>Sending is paused since %1, by %2.</source>
        <translation>自 %1 起已暂停发送，操作者：%2。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Mail to %1 is paused since %2, by %3.</source>
        <translation>发往 %1 的邮件自 %2 起暂停，操作者：%3。</translation>
    </message>
    <message>
        <source>Mail of the template %1 is paused since %2, by %3.</source>
        <translation>模板 %1 的邮件自 %2 起暂停，操作者：%3。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::BulkAct</name>
    <message>
        <source>None of the messages found is in a state for this.</source>
        <translation>找到的邮件中没有一封处于可执行此操作的状态。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>state: recipients in it</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Cancel all that is found?</source>
        <translation>取消找到的全部邮件？</translation>
    </message>
    <message>
        <source>Cancel them</source>
        <translation>取消它们</translation>
    </message>
    <message>
        <source>Try all that is found now?</source>
        <translation>立即重试找到的全部邮件？</translation>
    </message>
    <message>
        <source>Try them now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Send all that is held?</source>
        <translation>发送全部暂扣的邮件？</translation>
    </message>
    <message>
        <source>Send them</source>
        <translation>发送它们</translation>
    </message>
    <message>
        <source>Some may have got the mail already, and get it twice.</source>
        <translation>有些收件人可能已经收到，会再收到一次。</translation>
    </message>
    <message>
        <source>Changing the messages that were found…</source>
        <translation>正在处理找到的邮件…</translation>
    </message>
    <message>
        <source>It stopped before the end.</source>
        <translation>没有进行到底就停下了。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln message(s)</source>
        <translation>
            <numerusform>%Ln 封邮件</numerusform>
        </translation>
    </message>
    <message>
        <source>The search: %1</source>
        <translation>搜索条件：%1</translation>
    </message>
    <message>
        <source>More than %1: it was not counted to the end.</source>
        <translation>超过 %1：没有统计到底。</translation>
    </message>
    <message>
        <source>%1.</source>
        <comment>a whole sentence</comment>
        <translation>%1。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln 位收件人（%1）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1 were cancelled.</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln 位收件人（%1）已取消。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1 are tried now.</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln 位收件人（%1）正在重试。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) of %1 are sent now.</source>
        <comment>%1: so many messages</comment>
        <translation>
            <numerusform>%Ln 位收件人（%1）正在发送。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>postroom::ui::ComposeForm</name>
    <message>
        <source>To</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>ann@example.com, bob@example.com</source>
        <translation>ann@example.com, bob@example.com</translation>
    </message>
    <message>
        <source>Cc</source>
        <translation>抄送</translation>
    </message>
    <message>
        <source>From</source>
        <translation>发件人</translation>
    </message>
    <message>
        <source>The account&apos;s own address</source>
        <translation>账户自身地址</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>The mail as text</source>
        <translation>邮件的纯文本正文</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>The mail as html</source>
        <translation>邮件的 HTML 正文</translation>
    </message>
    <message>
        <source>Html</source>
        <translation>HTML</translation>
    </message>
    <message>
        <source>Text or html</source>
        <translation>纯文本或 HTML</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>address or file: what is wrong</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>The mail stays in this engine.</source>
        <translation>邮件只留在本引擎内。</translation>
    </message>
    <message>
        <source>The mail really goes to its recipients.</source>
        <translation>邮件会真实发给收件人。</translation>
    </message>
    <message>
        <source>Any account</source>
        <translation>任意账户</translation>
    </message>
    <message>
        <source>Sandbox (nothing leaves)</source>
        <translation>沙箱（不会外发）</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
</context>
<context>
    <name>postroom::ui::ComposeScreen</name>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Send the mail</source>
        <translation>发送邮件</translation>
    </message>
    <message>
        <source>Sending…</source>
        <translation>正在发送…</translation>
    </message>
    <message>
        <source>Send a test mail</source>
        <translation>发送测试邮件</translation>
    </message>
</context>
<context>
    <name>postroom::ui::ConnectDialog</name>
    <message>
        <source>Connect to another engine</source>
        <translation>连接其他引擎</translation>
    </message>
    <message>
        <source>The window attaches to a Postroom that runs elsewhere. What runs here goes on.</source>
        <translation>本窗口将连接到在别处运行的 Postroom，本机的引擎继续运行。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>One with the scope admin shows everything; read only shows.</source>
        <translation>权限范围为 admin 的密钥可查看并管理全部内容；read 只能查看。</translation>
    </message>
    <message>
        <source>API secret</source>
        <translation>API Secret 密钥串</translation>
    </message>
    <message>
        <source>It is not kept.</source>
        <translation>不会保存。</translation>
    </message>
    <message>
        <source>Certificate&apos;s fingerprint (SHA-256)</source>
        <translation>证书指纹（SHA-256）</translation>
    </message>
    <message>
        <source>Only for a certificate of the engine&apos;s own making; else leave it empty.</source>
        <translation>仅当引擎使用自签名证书时填写，否则留空。</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Is not an address such as https://host:8000</source>
        <translation>地址格式不对，应如 https://host:8000</translation>
    </message>
    <message>
        <source>Without https the secret crosses the network readable.</source>
        <translation>不用 https，密钥串会以明文经过网络。</translation>
    </message>
    <message>
        <source>Is not a SHA-256 fingerprint: 64 hexadecimal digits</source>
        <translation>不是 SHA-256 指纹：应为 64 位十六进制数字</translation>
    </message>
    <message>
        <source>Only an https address has a certificate</source>
        <translation>只有 https 地址才有证书</translation>
    </message>
</context>
<context>
    <name>postroom::ui::ConnectionStrip</name>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Choose the engine</source>
        <translation>选择引擎</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>动态</translation>
    </message>
    <message>
        <source>Show what happened</source>
        <translation>查看动态</translation>
    </message>
    <message>
        <source>Window settings</source>
        <translation>窗口设置</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>连接中</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>No connection</source>
        <translation>连接断开</translation>
    </message>
    <message>
        <source>%1 a minute</source>
        <translation>每分钟 %1</translation>
    </message>
    <message>
        <source>%1 waiting</source>
        <translation>等待中 %1</translation>
    </message>
    <message>
        <source>Activity (%1)</source>
        <translation>动态（%1）</translation>
    </message>
</context>
<context>
    <name>postroom::ui::ConnectionTest</name>
    <message>
        <source>Connection test of %1</source>
        <translation>%1 的连接测试</translation>
    </message>
    <message>
        <source>The test is running</source>
        <translation>正在测试</translation>
    </message>
    <message>
        <source>Steps of the test</source>
        <translation>测试步骤</translation>
    </message>
    <message>
        <source>What was said</source>
        <translation>会话记录</translation>
    </message>
    <message>
        <source>Copy what was said</source>
        <translation>复制会话记录</translation>
    </message>
    <message>
        <source>Test again</source>
        <translation>重新测试</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>The test of %1 was cancelled.</source>
        <translation>对 %1 的测试已取消。</translation>
    </message>
    <message>
        <source>The engine connects and logs in as %1 does, without sending anything. This takes up to half a minute. Closed, it goes on, and the result comes to the activity panel.</source>
        <translation>引擎将以 %1 的方式连接并登录，不发送任何内容，最长约半分钟。关闭此窗口后测试继续进行，结果会显示在动态面板中。</translation>
    </message>
    <message>
        <source>Cancel the test</source>
        <translation>取消测试</translation>
    </message>
    <message>
        <source>The connection of %1 is being tested.</source>
        <translation>正在测试 %1 的连接。</translation>
    </message>
    <message>
        <source>%1 works: the server let us in.</source>
        <translation>%1 可用：服务器已接受登录。</translation>
    </message>
    <message>
        <source>%1 does not work.</source>
        <translation>%1 不可用。</translation>
    </message>
    <message>
        <source>%1 does not work. The test ended at: %2</source>
        <translation>%1 不可用。测试止于：%2</translation>
    </message>
</context>
<context>
    <name>postroom::ui::CopyAsButton</name>
    <message>
        <source>Copy as</source>
        <translation>复制为</translation>
    </message>
    <message>
        <source>Copy as a command</source>
        <translation>复制为命令</translation>
    </message>
    <message>
        <source>Copy what this does as a command</source>
        <translation>将此操作复制为命令</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>复制为 curl</translation>
    </message>
    <message>
        <source>Copy as postroomctl</source>
        <translation>复制为 postroomctl</translation>
    </message>
</context>
<context>
    <name>postroom::ui::CopyLine</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy: %1</source>
        <translation>复制：%1</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>postroom::ui::DeliveryTable</name>
    <message>
        <source>To</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>Cc</source>
        <translation>抄送</translation>
    </message>
    <message>
        <source>Bcc</source>
        <translation>密送</translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>下次投递</translation>
    </message>
    <message>
        <source>Last reply</source>
        <translation>最近应答</translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation>收件人</translation>
    </message>
</context>
<context>
    <name>postroom::ui::KeyForm</name>
    <message>
        <source>Create an API key</source>
        <translation>创建 API 密钥</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>The program that will use it, in a word</source>
        <translation>使用此密钥的程序，简短即可</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Is too long</source>
        <translation>过长</translation>
    </message>
    <message>
        <source>What it may do</source>
        <translation>权限范围</translation>
    </message>
    <message>
        <source>Test key</source>
        <translation>测试密钥</translation>
    </message>
    <message>
        <source>What it sends goes to the sandbox&apos;s inbox and never leaves the engine.</source>
        <translation>用它发送的邮件进入沙箱收件箱，不会离开引擎。</translation>
    </message>
    <message>
        <source>For trying out</source>
        <translation>试用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Is longer than %1 characters</source>
        <translation>超过 %1 个字符</translation>
    </message>
    <message>
        <source>Is needed</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>Choose one at least: a key that may do nothing is of no use</source>
        <translation>至少选一项：没有任何权限的密钥毫无用处</translation>
    </message>
    <message>
        <source>Creating…</source>
        <translation>正在创建…</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>postroom::ui::KeyLimits</name>
    <message>
        <source>Advanced: until when, from where, as whom</source>
        <translation>高级：有效期、来源地址、发件身份</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>永不</translation>
    </message>
    <message numerus="yes">
        <source>After %n day(s)</source>
        <translation>
            <numerusform>%n 天后</numerusform>
        </translation>
    </message>
    <message>
        <source>Ends by itself</source>
        <translation>自动失效</translation>
    </message>
    <message>
        <source>Then it is refused as if it were revoked</source>
        <translation>到期后如同已吊销，一律拒绝</translation>
    </message>
    <message>
        <source>May be used from</source>
        <translation>允许的来源地址</translation>
    </message>
    <message>
        <source>Addresses, networks like 10.0.0.0/8. Empty: from anywhere.</source>
        <translation>地址或网段（如 10.0.0.0/8）。留空则不限。</translation>
    </message>
    <message>
        <source>May send as</source>
        <translation>可用发件地址</translation>
    </message>
    <message>
        <source>Addresses, *@example.com for all of a domain. Empty: as any.</source>
        <translation>地址列表，*@example.com 表示整个域名。留空则不限。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::KeySecret</name>
    <message>
        <source>The new key</source>
        <translation>新密钥</translation>
    </message>
    <message>
        <source>The secret is shown this once. Postroom keeps only a fingerprint of it: if it is lost, revoke the key and create another.</source>
        <translation>密钥串只显示这一次。Postroom 只保存它的指纹；如果遗失，请吊销此密钥并另建一个。</translation>
    </message>
    <message>
        <source>The key %1 is in force.</source>
        <translation>密钥 %1 已生效。</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>API secret</source>
        <translation>API Secret 密钥串</translation>
    </message>
    <message>
        <source>I have saved the secret</source>
        <translation>我已保存密钥串</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The new secret</source>
        <translation>新的密钥串</translation>
    </message>
    <message>
        <source>The secret is shown this once. Postroom keeps only a fingerprint of it: if it is lost, give the key another.</source>
        <translation>密钥串只显示这一次。Postroom 只保存它的指纹；如果遗失，请再次更换密钥串。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::KeyWords</name>
    <message>
        <source>Sends messages and reads what became of its own.</source>
        <translation>发送邮件，并查看自己所发邮件的结果。</translation>
    </message>
    <message>
        <source>Reads all messages and the statistics.</source>
        <translation>查看所有邮件和统计数据。</translation>
    </message>
    <message>
        <source>Does everything: accounts, keys, settings.</source>
        <translation>拥有全部权限：账户、密钥、设置。</translation>
    </message>
    <message>
        <source>It can&apos;t send messages any more.</source>
        <translation>无法再发送邮件。</translation>
    </message>
    <message>
        <source>It can&apos;t read messages and statistics any more.</source>
        <translation>无法再查看邮件和统计数据。</translation>
    </message>
    <message>
        <source>It can&apos;t change accounts, keys and settings any more.</source>
        <translation>无法再更改账户、密钥和设置。</translation>
    </message>
    <message>
        <source>It can&apos;t use the scope %1 any more.</source>
        <translation>无法再使用权限范围 %1。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::KeysScreen</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>What it sends goes to the sandbox only</source>
        <translation>用它发送的邮件只进入沙箱</translation>
    </message>
    <message>
        <source>Revoked at %1</source>
        <translation>吊销于 %1</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>May</source>
        <translation>权限范围</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>有效</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>已吊销</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>API keys</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>No API key yet</source>
        <translation>还没有 API 密钥</translation>
    </message>
    <message>
        <source>A program signs in with a key and its secret to send messages through the API.</source>
        <translation>程序用密钥及其密钥串登录，通过 API 发送邮件。</translation>
    </message>
    <message>
        <source>Create the first key</source>
        <translation>创建第一个密钥</translation>
    </message>
    <message>
        <source>Create key</source>
        <translation>创建密钥</translation>
    </message>
    <message>
        <source>Ctrl+N</source>
        <translation>Ctrl+N</translation>
    </message>
    <message>
        <source>Copy key</source>
        <translation>复制密钥</translation>
    </message>
    <message>
        <source>The key, without its secret</source>
        <translation>仅密钥，不含密钥串</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>吊销</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>List the keys</source>
        <translation>列出密钥</translation>
    </message>
    <message>
        <source>The key %1 was created.</source>
        <translation>已创建密钥 %1。</translation>
    </message>
    <message>
        <source>Revoke the key %1 (%2)? Every program that signs in with it is refused at once:</source>
        <translation>吊销密钥 %1（%2）？所有用它登录的程序将立即被拒绝：</translation>
    </message>
    <message>
        <source>• %1</source>
        <translation>• %1</translation>
    </message>
    <message>
        <source>What was accepted from it is still sent. This can&apos;t be taken back.</source>
        <translation>已接受的邮件仍会发送。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Revoke an API key</source>
        <translation>吊销 API 密钥</translation>
    </message>
    <message>
        <source>The key %1 is revoked.</source>
        <translation>密钥 %1 已吊销。</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>有效期至</translation>
    </message>
    <message>
        <source>New secret</source>
        <translation>更换密钥串</translation>
    </message>
    <message>
        <source>The old one stays good for a day</source>
        <translation>旧密钥串还能再用一天</translation>
    </message>
    <message>
        <source>Give the key %1 (%2) a new secret? The old one stays good for a day, so that its programs can change over.</source>
        <translation>要为密钥 %1（%2）更换密钥串吗？旧的还能再用一天，便于程序切换。</translation>
    </message>
    <message>
        <source>The secret before that, good until %1, ends at once.</source>
        <translation>更早的那个密钥串（有效至 %1）将立即失效。</translation>
    </message>
    <message>
        <source>A new secret</source>
        <translation>更换密钥串</translation>
    </message>
    <message>
        <source>The key %1 has a new secret. The old one is good until %2.</source>
        <translation>密钥 %1 已有新的密钥串。旧的有效至 %2。</translation>
    </message>
    <message>
        <source>The key %1 has a new secret. The old one is good no more.</source>
        <translation>密钥 %1 已有新的密钥串。旧的已失效。</translation>
    </message>
    <message>
        <source>Never</source>
        <comment>expires</comment>
        <translation>永不</translation>
    </message>
</context>
<context>
    <name>postroom::ui::MailPreview</name>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>From</source>
        <translation>发件人</translation>
    </message>
    <message>
        <source>To</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>Cc</source>
        <translation>抄送</translation>
    </message>
    <message>
        <source>Remote content is never loaded</source>
        <translation>从不加载远程内容</translation>
    </message>
    <message>
        <source>The mail as html</source>
        <translation>邮件的 HTML 正文</translation>
    </message>
    <message>
        <source>The mail as text</source>
        <translation>邮件的纯文本正文</translation>
    </message>
    <message>
        <source>The mail&apos;s source</source>
        <translation>邮件源码</translation>
    </message>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Forms of the mail</source>
        <translation>邮件查看方式</translation>
    </message>
    <message>
        <source>Html</source>
        <translation>HTML</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>源码</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between two addresses</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>The mail is long: only its beginning is shown.</source>
        <translation>邮件较长，只显示开头部分。</translation>
    </message>
    <message>
        <source>The html is nested too deeply to be shown. Its source is there to read.</source>
        <translation>HTML 嵌套太深，无法显示。可以查看它的源码。</translation>
    </message>
    <message>
        <source>No name</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>%1 (%2, %3)</source>
        <comment>file, kind, size</comment>
        <translation>%1（%2，%3）</translation>
    </message>
    <message>
        <source>Attachments (%1)</source>
        <translation>附件（%1）</translation>
    </message>
</context>
<context>
    <name>postroom::ui::MainWindow</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>邮件</translation>
    </message>
    <message>
        <source>Mail accounts</source>
        <translation>邮箱账户</translation>
    </message>
    <message>
        <source>API keys</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Connect to another engine…</source>
        <translation>连接其他引擎…</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>About Postroom</source>
        <translation>关于 Postroom</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Postroom</source>
        <translation>Postroom</translation>
    </message>
    <message>
        <source>Postroom – %1</source>
        <translation>Postroom – %1</translation>
    </message>
    <message numerus="yes">
        <source>Trying again in %n s.</source>
        <translation>
            <numerusform>%n 秒后重试。</numerusform>
        </translation>
    </message>
    <message>
        <source>Trying again…</source>
        <translation>正在重试…</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>what went wrong, then when it is tried again</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Postroom %1</source>
        <translation>Postroom %1</translation>
    </message>
    <message>
        <source>Sends an organisation&apos;s notification mail: none lost, none twice if it can be helped.

Engine: %1 at %2
Qt %3

Free software under the GNU General Public License, version 3 or later.</source>
        <translation>为机构发送通知邮件：一封不丢，尽可能不重复。

引擎：%1（%2）
Qt %3

自由软件，遵循 GNU 通用公共许可证第 3 版或更高版本。</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Send a test mail</source>
        <translation>发送测试邮件</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Check address and key…</source>
        <translation>检查地址和密钥…</translation>
    </message>
</context>
<context>
    <name>postroom::ui::MessageDetails</name>
    <message>
        <source>Recipients</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>邮件内容</translation>
    </message>
    <message>
        <source>Why it waits</source>
        <translation>等待原因</translation>
    </message>
    <message>
        <source>Parts of the message</source>
        <translation>邮件详情</translation>
    </message>
    <message>
        <source>There is no such message.</source>
        <translation>没有这封邮件。</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>postroom::ui::MessageFacts</name>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>From</source>
        <translation>发件人</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Message-ID</source>
        <translation>Message-ID</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>过期时间</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>Copy the id</source>
        <translation>复制 ID</translation>
    </message>
    <message>
        <source>Try this message now</source>
        <translation>立即重试这封邮件</translation>
    </message>
    <message>
        <source>Cancel this message</source>
        <translation>取消发送这封邮件</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>说明原因</translation>
    </message>
    <message>
        <source>Close the details</source>
        <translation>关闭详情</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>No subject</source>
        <translation>无主题</translation>
    </message>
    <message>
        <source>The account&apos;s own address</source>
        <translation>账户自身地址</translation>
    </message>
    <message>
        <source>Cancel the message?</source>
        <translation>取消发送这封邮件？</translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) will not get it. Who has got it already keeps it.</source>
        <translation>
            <numerusform>%Ln 位收件人将收不到此邮件。已收到的不受影响。</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel the message</source>
        <translation>取消发送</translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) are tried now.</source>
        <translation>
            <numerusform>正在向 %Ln 位收件人重试投递。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) were cancelled.</source>
        <translation>
            <numerusform>已取消向 %Ln 位收件人投递。</numerusform>
        </translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>再次发送</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Send what is held of this message</source>
        <translation>发送此邮件中暂扣的部分</translation>
    </message>
    <message>
        <source>Drop what is held of this message</source>
        <translation>丢弃此邮件中暂扣的部分</translation>
    </message>
    <message>
        <source>Send what is held</source>
        <translation>发送暂扣的部分</translation>
    </message>
    <message>
        <source>Send it again?</source>
        <translation>再次发送？</translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) may have got it already, and get it twice. What is known of the last try stands under &quot;Why it waits&quot;.</source>
        <translation>
            <numerusform>%Ln 位收件人可能已经收到，会再收到一次。上次尝试的情况在“等待原因”里。</numerusform>
        </translation>
    </message>
    <message>
        <source>Send it again</source>
        <translation>再次发送</translation>
    </message>
    <message>
        <source>Drop what is held?</source>
        <translation>丢弃暂扣的部分？</translation>
    </message>
    <message numerus="yes">
        <source>%Ln recipient(s) will not get it, unless the last try reached them after all.</source>
        <translation>
            <numerusform>%Ln 位收件人将收不到，除非上次尝试其实已经送达。</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop it</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Not before %1</source>
        <translation>不早于 %1</translation>
    </message>
    <message>
        <source>Priority %L1</source>
        <translation>优先级 %L1</translation>
    </message>
    <message>
        <source>Tags: %1</source>
        <translation>标签：%1</translation>
    </message>
    <message>
        <source>Drop what is held</source>
        <translation>丢弃暂扣的部分</translation>
    </message>
</context>
<context>
    <name>postroom::ui::MessagesScreen</name>
    <message>
        <source>%1: %2</source>
        <comment>state: recipients in it</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>Any account</source>
        <translation>任意账户</translation>
    </message>
    <message>
        <source>The account it asks for</source>
        <translation>指定的账户</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>From</source>
        <translation>发件人</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>Show newer messages</source>
        <translation>显示较新的邮件</translation>
    </message>
    <message>
        <source>Messages, newest first</source>
        <translation>邮件，最新的在前</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>邮件</translation>
    </message>
    <message>
        <source>Which messages</source>
        <translation>筛选邮件</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>全部状态</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>%1 loaded, no more are shown</source>
        <comment>messages</comment>
        <translation>已加载 %1 封，不再显示更多</translation>
    </message>
    <message>
        <source>%1 loaded, more below</source>
        <comment>messages</comment>
        <translation>已加载 %1 封，下方还有更多</translation>
    </message>
    <message numerus="yes">
        <source>%Ln message(s)</source>
        <translation>
            <numerusform>%Ln 封邮件</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No message is in this state</source>
        <translation>没有处于此状态的邮件</translation>
    </message>
    <message>
        <source>Messages show up here as soon as they get there.</source>
        <translation>有新邮件进入此状态时会立即显示在这里。</translation>
    </message>
    <message>
        <source>Show all states</source>
        <translation>显示所有状态</translation>
    </message>
    <message>
        <source>No messages yet</source>
        <translation>暂无邮件</translation>
    </message>
    <message>
        <source>Send one through the API, or write a test mail here.</source>
        <translation>通过 API 发送一封，或在这里写一封测试邮件。</translation>
    </message>
    <message>
        <source>Send a test mail</source>
        <translation>发送测试邮件</translation>
    </message>
    <message>
        <source>Search further back</source>
        <translation>继续向前搜索</translation>
    </message>
    <message>
        <source>With all that is found</source>
        <translation>对全部结果</translation>
    </message>
    <message>
        <source>Try now what waits or failed…</source>
        <translation>立即重试等待或失败的…</translation>
    </message>
    <message>
        <source>Send what is held…</source>
        <translation>发送暂扣的…</translation>
    </message>
    <message>
        <source>Cancel what is not sent…</source>
        <translation>取消尚未发出的…</translation>
    </message>
    <message>
        <source>Searching, now at %1…</source>
        <translation>正在搜索，已到 %1…</translation>
    </message>
    <message>
        <source>Searched back to %1.</source>
        <translation>已向前搜索至 %1。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Search for something, or choose a state, first</source>
        <translation>请先搜索，或选择一个状态</translation>
    </message>
    <message>
        <source>Nothing found yet</source>
        <translation>尚未找到</translation>
    </message>
    <message>
        <source>No message fits</source>
        <translation>没有符合的邮件</translation>
    </message>
    <message>
        <source>Older messages were not searched.</source>
        <translation>更早的邮件还没有搜索。</translation>
    </message>
    <message>
        <source>All terms must fit. Fewer of them find more.</source>
        <translation>所有条件必须同时符合。条件越少，找到越多。</translation>
    </message>
    <message>
        <source>Show all messages</source>
        <translation>显示全部邮件</translation>
    </message>
</context>
<context>
    <name>postroom::ui::OverviewScreen</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Recipients a minute</source>
        <translation>每分钟收件人数</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>最近 1 小时</translation>
    </message>
    <message>
        <source>Show the last hour</source>
        <translation>显示最近 1 小时</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>最近 24 小时</translation>
    </message>
    <message>
        <source>Show the last day</source>
        <translation>显示最近 24 小时</translation>
    </message>
    <message>
        <source>What needs you</source>
        <translation>待处理事项</translation>
    </message>
    <message>
        <source>oldest waits %1</source>
        <translation>最久已等待 %1</translation>
    </message>
    <message>
        <source>Nothing. Mail goes out as it should.</source>
        <translation>没有待处理事项，邮件发送正常。</translation>
    </message>
    <message>
        <source>now %1 a minute</source>
        <translation>当前每分钟 %1 个</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已受理</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Deferred</source>
        <translation>已推迟</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Pause sending</source>
        <translation>暂停发送</translation>
    </message>
    <message>
        <source>Nothing new leaves until somebody resumes it, also after a restart. What is on its way is finished, and new mail is accepted and waits.</source>
        <translation>在有人恢复之前不再发出新邮件，重启后也是如此。正在发送的会完成，新邮件仍会接收并等待。</translation>
    </message>
</context>
<context>
    <name>postroom::ui::RowList</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The list can&apos;t be read</source>
        <translation>无法读取列表</translation>
    </message>
    <message>
        <source>Reading the list…</source>
        <translation>正在读取列表…</translation>
    </message>
</context>
<context>
    <name>postroom::ui::SandboxScreen</name>
    <message>
        <source>, </source>
        <comment>between two addresses</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>接收时间</translation>
    </message>
    <message>
        <source>From</source>
        <translation>发件人</translation>
    </message>
    <message>
        <source>To</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Show newer mails</source>
        <translation>显示新邮件</translation>
    </message>
    <message>
        <source>Empty the inbox</source>
        <translation>清空收件箱</translation>
    </message>
    <message>
        <source>Mails in the sandbox, newest first</source>
        <translation>沙箱中的邮件，最新的在前</translation>
    </message>
    <message>
        <source>The sandbox is empty</source>
        <translation>沙箱为空</translation>
    </message>
    <message>
        <source>Send with a test key, or choose the account &quot;sandbox&quot;: such mails end up here and go nowhere else.</source>
        <translation>使用测试密钥发送，或选择账户“sandbox”：这类邮件只会留在这里，不会发往别处。</translation>
    </message>
    <message>
        <source>Mails sent with a test key or through the account &quot;sandbox&quot;. They never leave this engine.</source>
        <translation>通过测试密钥或账户“sandbox”发送的邮件。它们不会离开此引擎。</translation>
    </message>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>List the mails</source>
        <translation>列出邮件</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>%1 loaded, more below</source>
        <comment>mails</comment>
        <translation>已加载 %1 封，下方还有更多</translation>
    </message>
    <message numerus="yes">
        <source>%Ln mail(s)</source>
        <translation>
            <numerusform>%Ln 封邮件</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Empty the sandbox?</source>
        <translation>清空沙箱？</translation>
    </message>
    <message>
        <source>All its mails are deleted for good: the %1 that are listed and those below.</source>
        <translation>将永久删除全部邮件：已列出的 %1 封，以及下方尚未加载的邮件。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln mail(s) are deleted for good.</source>
        <translation>
            <numerusform>将永久删除 %Ln 封邮件。</numerusform>
        </translation>
    </message>
    <message>
        <source>The sandbox was emptied.</source>
        <translation>沙箱已清空。</translation>
    </message>
    <message>
        <source>Send a test mail</source>
        <translation>发送测试邮件</translation>
    </message>
</context>
<context>
    <name>postroom::ui::SearchField</name>
    <message>
        <source>Search messages</source>
        <translation>搜索邮件</translation>
    </message>
    <message>
        <source>Search: a word, to:ann@example.com, status:failed…</source>
        <translation>搜索：一个词、to:ann@example.com、status:failed…</translation>
    </message>
    <message>
        <source>%1 and free words; all must fit. What holds blanks goes into &quot;quotes&quot;; dates are UTC.</source>
        <translation>%1 以及任意词，必须全部符合。含空格的内容加&quot;引号&quot;；日期按 UTC。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>a term: what is wrong with it</comment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>postroom::ui::SentLine</name>
    <message>
        <source>Show it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Show the message that was sent</source>
        <translation>查看刚发送的邮件</translation>
    </message>
    <message>
        <source>Accepted as message %1</source>
        <translation>已受理，邮件 ID：%1</translation>
    </message>
    <message>
        <source>Message %1. %2</source>
        <comment>id, what it waits for</comment>
        <translation>邮件 %1。%2</translation>
    </message>
    <message>
        <source>Message %1</source>
        <translation>邮件 %1</translation>
    </message>
</context>
<context>
    <name>postroom::ui::Timeline</name>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Reply code: %1</source>
        <translation>应答码：%1</translation>
    </message>
    <message>
        <source>Reply code: %1 (%2)</source>
        <translation>应答码：%1（%2）</translation>
    </message>
    <message>
        <source>Took: %1</source>
        <translation>用时：%1</translation>
    </message>
    <message>
        <source>Account: %1</source>
        <translation>账户：%1</translation>
    </message>
    <message>
        <source>Server: %1</source>
        <translation>服务器：%1</translation>
    </message>
    <message>
        <source>Encryption: %1</source>
        <translation>加密：%1</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation>收件人</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>recipient: what became of it</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>No transcript was kept.</source>
        <translation>未保留会话记录。</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>会话记录</translation>
    </message>
    <message>
        <source>Attempts, newest first</source>
        <translation>投递尝试，最新的在前</translation>
    </message>
    <message>
        <source>What was said in this attempt</source>
        <translation>本次尝试的会话记录</translation>
    </message>
    <message>
        <source>It was not tried yet.</source>
        <translation>尚未尝试投递。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>postroom::ui::WhyPanel</name>
    <message>
        <source>Sandbox</source>
        <translation>沙箱</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Can it carry it now?</source>
        <translation>当前可投递</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Why not</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Accounts that could carry it</source>
        <translation>可投递此邮件的账户</translation>
    </message>
    <message>
        <source>It waits for nothing: all its recipients are done.</source>
        <translation>无需等待：所有收件人均已处理完毕。</translation>
    </message>
    <message>
        <source>It waits for nothing: it is being sent.</source>
        <translation>无需等待：正在发送。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>an account, its server</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>outcome, stage</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>what came of it: what was said</comment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Last try %1, %2: %3</source>
        <comment>time, account, what came of it</comment>
        <translation>上次尝试 %1，%2：%3</translation>
    </message>
</context>
<context>
    <name>postroom::ui::Words</name>
    <message>
        <source>The server took the message</source>
        <translation>服务器已接收邮件</translation>
    </message>
    <message>
        <source>Postroom broke the attempt off</source>
        <translation>本次尝试被 Postroom 中止</translation>
    </message>
    <message>
        <source>A part of the message could not be read</source>
        <translation>邮件的部分内容无法读取</translation>
    </message>
    <message>
        <source>The key that signs for the sender&apos;s domain can&apos;t be read</source>
        <translation>为发件人域名签名的密钥无法读取</translation>
    </message>
    <message>
        <source>The server could not be reached</source>
        <translation>无法连接服务器</translation>
    </message>
    <message>
        <source>The server&apos;s name could not be resolved</source>
        <translation>无法解析服务器名</translation>
    </message>
    <message>
        <source>The server did not answer in time</source>
        <translation>服务器应答超时</translation>
    </message>
    <message>
        <source>The server closed the connection</source>
        <translation>服务器关闭了连接</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not trusted</source>
        <translation>服务器证书不受信任</translation>
    </message>
    <message>
        <source>The encrypted connection could not be made</source>
        <translation>无法建立加密连接</translation>
    </message>
    <message>
        <source>The server offers no STARTTLS</source>
        <translation>服务器不支持 STARTTLS</translation>
    </message>
    <message>
        <source>The server wants encryption before anything else</source>
        <translation>服务器要求先加密连接</translation>
    </message>
    <message>
        <source>The server broke the protocol</source>
        <translation>服务器违反协议</translation>
    </message>
    <message>
        <source>The server says the commands came in the wrong order</source>
        <translation>服务器报告命令顺序错误</translation>
    </message>
    <message>
        <source>The server is not available now</source>
        <translation>服务器暂不可用</translation>
    </message>
    <message>
        <source>The server refuses to talk to us</source>
        <translation>服务器拒绝提供服务</translation>
    </message>
    <message>
        <source>The server blocks our address or its reputation</source>
        <translation>服务器屏蔽了本机地址，或认为其信誉不佳</translation>
    </message>
    <message>
        <source>The server offers no way of logging in that we know</source>
        <translation>服务器未提供受支持的登录方式</translation>
    </message>
    <message>
        <source>The server wants a login</source>
        <translation>服务器要求登录</translation>
    </message>
    <message>
        <source>The server rejected the user name or password</source>
        <translation>服务器不接受此用户名或密码</translation>
    </message>
    <message>
        <source>The server can&apos;t check the login now</source>
        <translation>服务器暂时无法验证登录</translation>
    </message>
    <message>
        <source>The account has sent too much in too short a time</source>
        <translation>账户短时间内发送过多</translation>
    </message>
    <message>
        <source>The server refuses the sender address or the account behind it</source>
        <translation>服务器拒绝此发件地址或其所属账户</translation>
    </message>
    <message>
        <source>The sender&apos;s domain fails SPF, DKIM or DMARC</source>
        <translation>发件人域名未通过 SPF、DKIM 或 DMARC 验证</translation>
    </message>
    <message>
        <source>The server does not take mail from this sender now</source>
        <translation>服务器暂不接收此发件人的邮件</translation>
    </message>
    <message>
        <source>The server does not carry mail of this account to others</source>
        <translation>服务器不允许此账户向外发信</translation>
    </message>
    <message>
        <source>The message is larger than the server takes</source>
        <translation>邮件超过服务器的大小上限</translation>
    </message>
    <message>
        <source>The server refuses what the message contains</source>
        <translation>服务器拒收此邮件的内容</translation>
    </message>
    <message>
        <source>A policy of the server refuses the message</source>
        <translation>服务器的策略拒收该邮件</translation>
    </message>
    <message>
        <source>The server refuses the message</source>
        <translation>服务器拒收此邮件</translation>
    </message>
    <message>
        <source>The server has no room for the message now</source>
        <translation>服务器暂无空间接收邮件</translation>
    </message>
    <message>
        <source>The server takes fewer recipients at a time</source>
        <translation>超过服务器单次接受的收件人数</translation>
    </message>
    <message>
        <source>There is no such mailbox</source>
        <translation>收件邮箱不存在</translation>
    </message>
    <message>
        <source>The mailbox is disabled</source>
        <translation>收件邮箱已停用</translation>
    </message>
    <message>
        <source>The server refuses the recipient</source>
        <translation>服务器拒绝此收件人</translation>
    </message>
    <message>
        <source>The mailbox gets too much mail just now</source>
        <translation>收件邮箱当前来信过多</translation>
    </message>
    <message>
        <source>The recipient&apos;s domain does not exist</source>
        <translation>收件人域名不存在</translation>
    </message>
    <message>
        <source>The recipient&apos;s domain can&apos;t be reached now</source>
        <translation>收件人域名暂时无法连接</translation>
    </message>
    <message>
        <source>The mailbox is full</source>
        <translation>收件邮箱已满</translation>
    </message>
    <message>
        <source>The server takes first-time mail only on a later try</source>
        <translation>服务器要求首次来信稍后重试</translation>
    </message>
    <message>
        <source>The server asks to try again later</source>
        <translation>服务器要求稍后重试</translation>
    </message>
    <message>
        <source>The stored password can&apos;t be decrypted: enter it again</source>
        <translation>已保存的密码无法解密，请重新输入</translation>
    </message>
    <message>
        <source>It was cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>It was not delivered before it expired</source>
        <translation>过期前未能投递</translation>
    </message>
    <message>
        <source>All connections of {email} are busy</source>
        <translation>{email} 的连接已全部占用</translation>
    </message>
    <message>
        <source>{email} is fetching its next units of the daily limit</source>
        <translation>{email} 正在领取下一批每日限额</translation>
    </message>
    <message>
        <source>{email} has used up its daily limit</source>
        <translation>{email} 已用完每日限额</translation>
    </message>
    <message>
        <source>{email} rests after a fault{because}</source>
        <translation>{email} 因故障暂歇{because}</translation>
    </message>
    <message>
        <source>{email} is disabled{because}</source>
        <translation>{email} 已停用{because}</translation>
    </message>
    <message>
        <source>No account may send as {from}</source>
        <translation>没有账户可以用 {from} 发信</translation>
    </message>
    <message>
        <source>There is no account to send with: add one</source>
        <translation>没有可用于发送的账户，请添加</translation>
    </message>
    <message>
        <source>The account it asks for is not there: {account}</source>
        <translation>指定的账户不存在：{account}</translation>
    </message>
    <message>
        <source>The queue is paused</source>
        <translation>队列已暂停</translation>
    </message>
    <message>
        <source>Its turn comes next</source>
        <translation>即将轮到</translation>
    </message>
    <message>
        <source>It is tried again{because}</source>
        <translation>等待重试{because}</translation>
    </message>
    <message>
        <source>It is scheduled</source>
        <translation>已定时</translation>
    </message>
    <message>
        <source>It is held until somebody decides{because}</source>
        <translation>已暂扣，等待人工处理{because}</translation>
    </message>
    <message>
        <source>Has the wrong form</source>
        <translation>格式不正确</translation>
    </message>
    <message>
        <source>Is needed</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>Must not be empty</source>
        <translation>不能为空</translation>
    </message>
    <message>
        <source>Is none of the values that are allowed</source>
        <translation>不在允许的取值范围内</translation>
    </message>
    <message>
        <source>Is not known to this engine</source>
        <translation>此引擎无法识别</translation>
    </message>
    <message>
        <source>Can&apos;t be changed</source>
        <translation>不能更改</translation>
    </message>
    <message>
        <source>Is not available in this engine yet</source>
        <translation>此引擎暂不支持</translation>
    </message>
    <message>
        <source>Is too large</source>
        <translation>过大</translation>
    </message>
    <message>
        <source>Is too small</source>
        <translation>过小</translation>
    </message>
    <message>
        <source>Are too many</source>
        <translation>数量过多</translation>
    </message>
    <message>
        <source>Is too long</source>
        <translation>过长</translation>
    </message>
    <message>
        <source>Holds a control character</source>
        <translation>包含控制字符</translation>
    </message>
    <message>
        <source>Is not an e-mail address</source>
        <translation>不是有效的邮箱地址</translation>
    </message>
    <message>
        <source>Is empty</source>
        <translation>内容为空</translation>
    </message>
    <message>
        <source>Is longer than an address may be</source>
        <translation>超过邮箱地址的长度上限</translation>
    </message>
    <message>
        <source>What stands behind the @ is no domain</source>
        <translation>@ 后面不是有效域名</translation>
    </message>
    <message>
        <source>What stands before the @ is longer than 64 characters</source>
        <translation>@ 前面超过 64 个字符</translation>
    </message>
    <message>
        <source>What stands before the @ must be plain ASCII</source>
        <translation>@ 前面只能使用 ASCII 字符</translation>
    </message>
    <message>
        <source>Is not valid UTF-8</source>
        <translation>不是有效的 UTF-8</translation>
    </message>
    <message>
        <source>Is too long for a subject</source>
        <translation>超过主题的长度上限</translation>
    </message>
    <message>
        <source>Holds a line break or control character</source>
        <translation>包含换行符或控制字符</translation>
    </message>
    <message>
        <source>The message is too large</source>
        <translation>邮件过大</translation>
    </message>
    <message>
        <source>Is neither a host name nor an address</source>
        <translation>不是有效的主机名或 IP 地址</translation>
    </message>
    <message>
        <source>Is not a header&apos;s name</source>
        <translation>不是有效的邮件头名称</translation>
    </message>
    <message>
        <source>Is not a header&apos;s value</source>
        <translation>不是有效的邮件头值</translation>
    </message>
    <message>
        <source>Is a header that Postroom writes itself</source>
        <translation>此邮件头由 Postroom 自动写入</translation>
    </message>
    <message>
        <source>Are too many headers</source>
        <translation>邮件头过多</translation>
    </message>
    <message>
        <source>The headers are too large</source>
        <translation>邮件头过大</translation>
    </message>
    <message>
        <source>The attachment is too large</source>
        <translation>附件过大</translation>
    </message>
    <message>
        <source>The attachment could not be stored</source>
        <translation>附件无法保存</translation>
    </message>
    <message>
        <source>The attachment is not base64</source>
        <translation>附件不是 base64 编码</translation>
    </message>
    <message>
        <source>Is no name for a file</source>
        <translation>不是有效的文件名</translation>
    </message>
    <message>
        <source>Is no content type</source>
        <translation>不是有效的内容类型</translation>
    </message>
    <message>
        <source>A password would be sent in clear: choose TLS or STARTTLS</source>
        <translation>密码将以明文发送：请选择 TLS 或 STARTTLS</translation>
    </message>
    <message>
        <source>A test key sends through the sandbox only</source>
        <translation>测试密钥只能通过沙箱发送</translation>
    </message>
    <message>
        <source>There is no such account</source>
        <translation>该账户不存在</translation>
    </message>
    <message>
        <source>Something went wrong inside the engine. Its log says more.</source>
        <translation>引擎内部出错，详情见引擎日志。</translation>
    </message>
    <message>
        <source>The engine is stopping.</source>
        <translation>引擎正在停止。</translation>
    </message>
    <message>
        <source>The engine can&apos;t take this now. Try again in a moment.</source>
        <translation>引擎暂时无法处理，请稍后重试。</translation>
    </message>
    <message>
        <source>The database did not take the change. Look at the engine&apos;s disk and log.</source>
        <translation>数据库未能保存更改。请检查引擎的磁盘和日志。</translation>
    </message>
    <message>
        <source>The engine&apos;s disk is full. Make room; nothing that was accepted is lost.</source>
        <translation>引擎的磁盘已满，请清理空间。已受理的邮件不会丢失。</translation>
    </message>
    <message>
        <source>The database is damaged. Restore a backup before going on.</source>
        <translation>数据库已损坏。请先恢复备份再继续。</translation>
    </message>
    <message>
        <source>The database belongs to another version of Postroom.</source>
        <translation>数据库属于其他版本的 Postroom。</translation>
    </message>
    <message>
        <source>Another engine owns this data folder. Attach to it instead.</source>
        <translation>此数据文件夹正由另一个引擎使用，请改为连接该引擎。</translation>
    </message>
    <message>
        <source>A file could not be read or written.</source>
        <translation>文件无法读取或写入。</translation>
    </message>
    <message>
        <source>A setting is not valid.</source>
        <translation>有一项设置无效。</translation>
    </message>
    <message>
        <source>The engine did not understand the request. Is it another version?</source>
        <translation>引擎无法识别此请求。引擎是否为其他版本？</translation>
    </message>
    <message>
        <source>Something in the form is not right: see the fields marked in red.</source>
        <translation>表单填写有误：请检查标红的字段。</translation>
    </message>
    <message>
        <source>This is larger than the engine takes.</source>
        <translation>内容超过引擎允许的大小。</translation>
    </message>
    <message>
        <source>The request took too long to arrive. Try again.</source>
        <translation>请求传输超时，请重试。</translation>
    </message>
    <message>
        <source>The engine does not answer to this host name. Use the name it listens on, or add it to ALLOWED_HOSTS there.</source>
        <translation>引擎不接受此主机名。请使用引擎监听的名称，或将此主机名加入引擎的 ALLOWED_HOSTS。</translation>
    </message>
    <message>
        <source>The engine has too much to do just now. Try again in a moment.</source>
        <translation>引擎当前过于繁忙，请稍后重试。</translation>
    </message>
    <message>
        <source>The engine does not know this window any more. Connect again.</source>
        <translation>此窗口的登录已失效，请重新连接。</translation>
    </message>
    <message>
        <source>The engine rejected the key or its secret. Check both and connect again.</source>
        <translation>引擎不接受此 API 密钥或密钥串。请核对后重新连接。</translation>
    </message>
    <message>
        <source>This key may not do that: it needs another scope.</source>
        <translation>此密钥无权执行该操作：需要其他权限范围。</translation>
    </message>
    <message>
        <source>Too many requests in a short time. Wait a minute.</source>
        <translation>短时间内请求过多，请一分钟后再试。</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>该项已不存在。</translation>
    </message>
    <message>
        <source>The engine can&apos;t do this. Is it an older version?</source>
        <translation>引擎不支持此操作。引擎是否为旧版本？</translation>
    </message>
    <message>
        <source>This is not possible in the state it is in now.</source>
        <translation>当前状态下无法执行此操作。</translation>
    </message>
    <message>
        <source>Somebody changed it meanwhile. Look at it again and repeat your change.</source>
        <translation>内容已被他人更改。请重新查看后再修改。</translation>
    </message>
    <message>
        <source>There is one of this name already.</source>
        <translation>同名项已存在。</translation>
    </message>
    <message>
        <source>A stored secret can&apos;t be decrypted. Enter it again.</source>
        <translation>已保存的机密信息无法解密，请重新输入。</translation>
    </message>
    <message>
        <source>The engine can&apos;t be reached. Is it running, and is the address right?</source>
        <translation>无法连接引擎。请检查引擎是否在运行、地址是否正确。</translation>
    </message>
    <message>
        <source>The engine&apos;s certificate is not trusted. Check the address and the fingerprint.</source>
        <translation>引擎的证书不受信任。请核对地址和指纹。</translation>
    </message>
    <message>
        <source>What answers there does not speak as this version of Postroom does. Check the address and its version.</source>
        <translation>该地址的应答与此版本的 Postroom 不兼容。请检查地址和对方版本。</translation>
    </message>
    <message>
        <source>The mail server refused.</source>
        <translation>邮件服务器拒绝了请求。</translation>
    </message>
    <message>
        <source>The mail server rejected the user name or password.</source>
        <translation>邮件服务器不接受此用户名或密码。</translation>
    </message>
    <message>
        <source>The mail server offers no STARTTLS.</source>
        <translation>邮件服务器不支持 STARTTLS。</translation>
    </message>
    <message>
        <source>There was no answer in time. Try again in a moment.</source>
        <translation>应答超时，请稍后重试。</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>发送中</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Scheduled</source>
        <translation>已定时</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>已暂扣</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Limit reached</source>
        <translation>已达限额</translation>
    </message>
    <message>
        <source>Resting</source>
        <translation>暂歇中</translation>
    </message>
    <message>
        <source>Disabled</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>Deferred</source>
        <translation>已推迟</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Broken off</source>
        <translation>已中止</translation>
    </message>
    <message>
        <source>Look the name up</source>
        <translation>解析服务器名</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Greeting</source>
        <translation>服务器问候</translation>
    </message>
    <message>
        <source>Introduction (EHLO)</source>
        <translation>自报身份（EHLO）</translation>
    </message>
    <message>
        <source>Ask for encryption (STARTTLS)</source>
        <translation>请求加密（STARTTLS）</translation>
    </message>
    <message>
        <source>Encryption (TLS)</source>
        <translation>加密（TLS）</translation>
    </message>
    <message>
        <source>Login (AUTH)</source>
        <translation>登录（AUTH）</translation>
    </message>
    <message>
        <source>Sender (MAIL)</source>
        <translation>发件人（MAIL）</translation>
    </message>
    <message>
        <source>Recipient (RCPT)</source>
        <translation>收件人（RCPT）</translation>
    </message>
    <message>
        <source>Ask to send (DATA)</source>
        <translation>请求发送（DATA）</translation>
    </message>
    <message>
        <source>The message</source>
        <translation>传输邮件</translation>
    </message>
    <message>
        <source>The message&apos;s end</source>
        <translation>结束邮件</translation>
    </message>
    <message>
        <source>Goodbye (QUIT)</source>
        <translation>退出（QUIT）</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>: %1</source>
        <comment>before the reason</comment>
        <translation>：%1</translation>
    </message>
    <message>
        <source>the account</source>
        <translation>该账户</translation>
    </message>
    <message>
        <source>%1; next at %2</source>
        <translation>%1；下次处理 %2</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小时</translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>Is not a certificate in PEM</source>
        <translation>不是 PEM 格式的证书</translation>
    </message>
    <message>
        <source>Is not a SHA-256 fingerprint: 64 hexadecimal digits</source>
        <translation>不是 SHA-256 指纹：应为 64 位十六进制数字</translation>
    </message>
    <message>
        <source>The engine ended before the mail was on its way</source>
        <translation>引擎在邮件发出前已停止</translation>
    </message>
    <message>
        <source>The server refused the mail, and the engine ended before it noted why</source>
        <translation>服务器拒收了邮件，引擎在记录原因前已停止</translation>
    </message>
    <message>
        <source>Nobody knows whether the server took the mail</source>
        <translation>无法确认服务器是否已收下邮件</translation>
    </message>
    <message>
        <source>This key may not use that account</source>
        <translation>此密钥不可使用该账户</translation>
    </message>
    <message>
        <source>This key may not send as that address</source>
        <translation>此密钥不可用该地址发信</translation>
    </message>
    <message>
        <source>Is neither an address nor a network like 10.0.0.0/8</source>
        <translation>既不是地址，也不是 10.0.0.0/8 这样的网段</translation>
    </message>
    <message>
        <source>Is past</source>
        <translation>已经过去</translation>
    </message>
    <message>
        <source>Is no search term; put a word with a colon into quotes</source>
        <translation>不是搜索条件；含冒号的词请加引号</translation>
    </message>
    <message>
        <source>Needs a value behind its colon</source>
        <translation>冒号后需要一个值</translation>
    </message>
    <message>
        <source>A quote must end, and end its word</source>
        <translation>引号必须成对，并位于词尾</translation>
    </message>
    <message>
        <source>Is no date like 2026-01-31 or 2026-01-31T23:59:59Z</source>
        <translation>不是 2026-01-31 或 2026-01-31T23:59:59Z 这样的日期</translation>
    </message>
    <message>
        <source>Is no state of messages</source>
        <translation>不是邮件的状态</translation>
    </message>
    <message>
        <source>Is no id of a message</source>
        <translation>不是邮件的编号</translation>
    </message>
    <message>
        <source>Is no address; a star may stand at its begin or end</source>
        <translation>不是地址；星号只能在开头或结尾</translation>
    </message>
    <message>
        <source>Is given twice</source>
        <translation>给出了两次</translation>
    </message>
    <message>
        <source>Has more than 20 terms</source>
        <translation>条件超过 20 个</translation>
    </message>
    <message>
        <source>Either a search or ids say which messages</source>
        <translation>请用搜索或编号二者之一指定邮件</translation>
    </message>
    <message>
        <source>Is no List-Unsubscribe that mail programs understand</source>
        <translation>不是邮件程序能识别的 List-Unsubscribe</translation>
    </message>
    <message>
        <source>Is no content id, or one given twice</source>
        <translation>不是有效的内容标识（Content-ID），或与另一个重复</translation>
    </message>
    <message>
        <source>Its first try has not been answered yet</source>
        <translation>该请求的首次提交尚未得到答复</translation>
    </message>
    <message>
        <source>Was used for another message</source>
        <translation>已用于另一封邮件</translation>
    </message>
    <message>
        <source>Is no file that was uploaded</source>
        <translation>不是已上传的文件</translation>
    </message>
    <message>
        <source>Can&apos;t be read as a template</source>
        <translation>不是可读懂的模板</translation>
    </message>
    <message>
        <source>Uses a variable that has no value</source>
        <translation>用到了没有值的变量</translation>
    </message>
    <message>
        <source>Uses a value of the wrong kind</source>
        <translation>用到了类型不对的值</translation>
    </message>
    <message>
        <source>Does more than a template may</source>
        <translation>超出了模板的限制</translation>
    </message>
    <message>
        <source>Uses a template that is not stored</source>
        <translation>用到了没有保存的模板</translation>
    </message>
    <message>
        <source>There is no such template</source>
        <translation>没有这个模板</translation>
    </message>
    <message>
        <source>There is no such version of the template</source>
        <translation>模板没有这个版本</translation>
    </message>
    <message>
        <source>{email} is being tried with one message after its rest</source>
        <translation>{email} 休息后正先用一封邮件试发</translation>
    </message>
    <message>
        <source>{email} keeps to its rate a minute</source>
        <translation>{email} 正按每分钟速率发送</translation>
    </message>
    <message>
        <source>{email} has used up its limit of this hour</source>
        <translation>{email} 本小时限额已用完</translation>
    </message>
    <message>
        <source>{email} sends at other hours</source>
        <translation>{email} 不在发送时段内</translation>
    </message>
    <message>
        <source>Is no time zone&apos;s name, like Asia/Shanghai</source>
        <translation>不是时区名称，例如 Asia/Shanghai</translation>
    </message>
    <message>
        <source>The recipient&apos;s domain asked for a pause</source>
        <translation>收件人域名要求暂停</translation>
    </message>
    <message>
        <source>{email} is paused</source>
        <translation>{email} 已暂停</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>The engine ended while it was at work on the mail</source>
        <translation>引擎在处理该邮件时停止</translation>
    </message>
    <message>
        <source>The engine ended three times at work on the mail: it is not tried again</source>
        <translation>引擎三次在处理该邮件时停止，不再重试</translation>
    </message>
    <message>
        <source>The recipient is suppressed: nothing is sent there</source>
        <translation>收件人已被抑制，不再向其发送</translation>
    </message>
    <message>
        <source>The first line must name the columns, one of them address</source>
        <translation>第一行须写列名，其中一列为 address</translation>
    </message>
    <message>
        <source>A cell in quotes does not end where it should</source>
        <translation>带引号的单元格没有正确结束</translation>
    </message>
    <message>
        <source>The account&apos;s provider has to be asked for access</source>
        <translation>需要向账户的服务商申请授权</translation>
    </message>
    <message>
        <source>The account&apos;s provider gives no access token now</source>
        <translation>账户的服务商暂时不提供访问令牌</translation>
    </message>
    <message>
        <source>{email} has to be authorized by its provider</source>
        <translation>{email} 需要服务商授权</translation>
    </message>
    <message>
        <source>{email} waits for an access token{because}</source>
        <translation>{email} 正在等待访问令牌{because}</translation>
    </message>
    <message>
        <source>The recipient&apos;s domain takes no more mail just now</source>
        <translation>收件人域名暂时不再接收邮件</translation>
    </message>
    <message>
        <source>No engine was at work when it was due, and it is late by now</source>
        <translation>邮件到期时没有引擎工作，现已迟到</translation>
    </message>
    <message>
        <source>Mail of the template {template} is paused</source>
        <translation>模板 {template} 的邮件已暂停</translation>
    </message>
    <message>
        <source>Mail to {domain} is paused</source>
        <translation>发往 {domain} 的邮件已暂停</translation>
    </message>
</context>
</TS>
