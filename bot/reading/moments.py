"""READING: moments that stop any form, from the words of one message. Knows no reply and no record."""

import re

from bot.reading import scams

_ADULT_AT = 18  # 民法典 第17条
_WRITES_FROM = 5  # years: of a younger child somebody else writes
_LONGEST_CRY_FOR_HELP = 60  # characters: who is in danger writes short; longer is a story
_MOST_CRY = 8  # characters: a longer 「救命」 is an exclamation about a product

# Clauses that only speak of a danger: asked about, advertised, denied or compared to.
_ONLY_SPOKEN_OF = re.compile(
    r"(?:会不会|能不能|是否|是不是会|万一|如果|要是|假如|以免|免得|避免|防止|预防|怕|担心|小心|当心|容易|可能|容易会"
    r"|没有?|未|不会|不能|不至于|防|抗|测试|检测|号称|宣传|据说)[^,。;!?\s]{0,6}$"
)
_PAST = re.compile(
    r"昨|前[天晚年]|大前|上个?(?:周|月|星期|礼拜)|去年|当时|那天|那次|之前|以前|曾|年前|[天周月]前|后来|已经(?:出院|好|灭|扑灭)"
    r"|灭了|扑灭|出院|住了?(?:院|[几两三四五六七八九十\d]+(?:天|周|月))|好在|幸亏|幸好|\d+月|[一二三四五六七八九十]月|\d+[号日](?!楼|院|门)|差点|险些|差一点"
)

# ── somebody in danger now ──
_NOW = r"(?:现在|正在?|还在|一直在?|此刻|马上|刚刚|快要?|不停)"
_IS_NOW = re.compile(r"现在|正在|还在|此刻|刚刚")
_ACUTE_NOW = re.compile(
    rf"{_NOW}[^,。;!?时候]{{0,6}}(?:着火|起火|冒烟|冒火|烧起来|燃烧|流血|出血|吐血|漏煤气|漏燃气|抽搐|昏迷|窒息|晕过去|喘不上)"
)
_ACUTE = re.compile(
    r"着火了|起火了|失火|火(?:灭|扑|浇|压)不[灭住了下掉]+|流血不止|血流不止|出血不止|止不住血|血止不住|血(?:怎么)?(?:也|都)?止不了"
    r"|大出血|大量出血|流了?(?:好多|很多|一地|不少)血|一直流血|昏迷|昏过去|晕过去|晕倒|不省人事|没(?:有)?意识|失去意识|叫不醒"
    r"|没(?:有)?(?:呼吸|心跳)|呼吸困难|喘不(?:上|过)来?气|透不过气|口吐白沫|抽搐|休克|窒息|噎住|呛住"
    r"|卡(?:住|到|在)了?(?:喉咙|嗓子|气管)|(?:喉咙|嗓子|气管)(?:被|给)?卡住|(?:煤气|一氧化碳|农药|食物|药物)中毒|中毒了"
    r"|(?:误|不小心|偷)(?:喝|食|服|吞|吃)了?[^,。;!?]{0,8}(?:药|洗|剂|电池|磁|酒精|液|消毒|干燥剂|84|珠)"
    r"|(?:吞|咽)(?:了|下|下去|进去)(?:了)?[^,。;!?]{0,6}(?:电池|磁力?珠|磁铁|硬币|针)"
    r"|(?:煤气|燃气|天然气|液化气)(?:正在|在)?(?:泄漏|泄露)|(?:屋里|家里|满屋|厨房)[^,。;!?]{0,6}(?:煤气|燃气)味"
    r"|(?:快|帮我?|谁)[^,。;!?]{0,4}(?:叫|打|拨)个?(?:救护车|120|119)|快(?:来)?救(?:救)?(?:我|他|她|人|孩子|老人|命)"
)
_CRY = re.compile(r"救命|来人|救救(?:我|他|她|孩子)")
_NO_BODY = re.compile(
    r"(?:手机|电脑|系统|[uU]盘|平板|软件|网站|浏览器|硬盘)[^,。;!?]{0,8}中毒|生意[^,。;!?]{0,6}(?:起火|着火)|心里?(?:着火|窒息)"
    r"|(?:嗓子|气得|头顶|喉咙)[^,。;!?]{0,4}(?:冒烟|冒火)|窒息的?(?:服务|操作|态度|价格)|急救包|灭火器"
)

# ── hurt, or nearly hurt ──
_BODY = (
    r"(?:手|脚|腿|脸|嘴|舌头?|胳膊|膝盖|额头|头皮?|眼睛?|皮肤|身上|全身|浑身|后背|背上|脖子|耳朵|牙|屁股|下巴|肚子|腰|指头|喉咙|嗓子"
    r"|鼻子|我|他|她|孩子|宝宝|娃|闺女|女儿|儿子|老人|我妈|我爸|老公|老婆|人)"
)
_HURT_VERB = r"(?:烫|烧|灼|划|割|扎|夹|砸|摔|磕|碰|刺|咬|撞|崩|炸|刮|蹭|电|冻|压)(?:伤|破|着|到|断|了|出血|肿|坏|掉|下来|倒|得)"
_INJURY = re.compile(
    r"烫(?:着|伤|到|掉皮|起泡|出泡)|烫出[^,。;!?]{0,5}(?:泡|疤)|(?:烧|灼|炸|割|扎|夹|砸|摔|撞|磕|刺|咬|压|电|冻|抓|弄|击)伤(?!力)"
    rf"|{_BODY}[^,。;!?]{{0,6}}(?:被|给|让|都)?[^,。;!?]{{0,5}}{_HURT_VERB}(?!屏|膜|壳|贴)"
    rf"|{_HURT_VERB}了?(?:我|他|她|孩子|宝宝|娃)?的?(?:手|脚|腿|脸|嘴|舌|胳膊|膝盖|额头|头|眼|皮肤|后背|脖子|耳朵|牙|下巴|腰|指)"
    r"|触(?:了)?电|被电(?:了|到|着|得|击)|电(?:了|到|着)(?:我|他|她|人|一下|孩子)|漏电(?!保护|断路|开关)|电麻|有点麻[^,。;!?]{0,6}电"
    r"|受(?:了)?(?:重|轻)?伤|见血|流血|(?<!脑)出血|流鼻血|骨[折裂]了?(?=.*(?:摔|砸|跌|撞|滑|压|夹))|(?:摔|砸|跌|撞|滑|压|夹)[^,。;!?]{0,8}骨[折裂]"
    r"|缝了?[一二两三四五六七八九十\d]+针|摔(?:倒|了一跤|跤|下来|出血)|滑倒|绊倒|跌倒"
    r"|过敏(?!体质|史|源|原|人群|测试|药|性鼻炎)|起(?:了)?(?:一身|满身|好多|很多|全身|一脸|一片|红)?(?:疹|荨麻疹|水泡|红点|疙瘩)|荨麻疹|红肿|烂脸|脸烂|毁容|溃烂"
    rf"|{_BODY}[^,。;!?]{{0,4}}(?:肿|起泡|脱皮|发麻|溃烂|起皮)"
    r"|(?:拉|闹)(?:了)?(?:[^,。;!?]{0,4})?肚子|腹泻|上吐下泻|呕吐|吐血|肠胃炎|食物中毒|中毒"
    r"|(?:吃|喝|服用|用|穿|闻|抹|涂|擦|戴)[^。;!?]{0,20}(?:(?<!呕)吐了|恶心想吐|肚子疼|肚子痛|胃疼|头晕|头疼|心慌|不适|难受|痒|进医院|去医院|急诊|住院|洗胃|输液|打点滴|挂水)"
    r"|崩(?:了|掉|坏)[^,。;!?]{0,5}牙|牙[^,。;!?]{0,4}(?:崩|硌)|硌(?:掉|坏|断|碎)了?[^,。;!?]{0,4}牙|误(?:吞|食|喝|服)|呛(?:到|着|了水)|噎(?:着|到)"
    r"|丧失(?:了|部分)*劳动(?:能)?力|(?:落下|造成|导致)(?:了)?[^,。;!?]{0,6}(?:残疾|伤残)|致残|[一二三四五六七八九十]级(?:伤残|残疾)|截肢|高位截瘫"
    r"|身体不适|不舒服[^,。;!?]{0,4}(?:去医院|急诊)"
    # nearly
    r"|(?:差一?点儿?|险些|差些|幸亏|幸好|好在)[^。;!?]{0,16}(?:烫|烧|炸|砸|摔|伤|电|着火|起火|出人命|没命|窒息|噎|卡|呛|失明|瞎|夹|撞|咽|吞|晕|毁容|爆|掉下|出事)"
    r"|(?<!信息)(?<!知识)爆炸(?!头|糖|性|盐|糊|价|新闻|级)|自[燃爆](?!式)|炸(?:开|裂)了|(?:电池|充电宝|手机|电视|灯|锅|玻璃|充电器|平衡车|电动车|电瓶|瓶子?|杯子?|炉|热水[壶器袋]|插[座排]|屏幕?|打火机|轮胎|气罐|充电头|吹风机|烤箱|微波炉|暖手宝)"
    r"[^,。;!?]{0,10}(?:炸|爆)(?:了|碎|开|掉)"
    r"|起火|着火|失火|冒(?:了)?(?:大|黑|浓|白)?烟|冒火|烧起来|烧着了|烧了起来|烧焦|烧糊|蹿火|窜火|火花四溅|刹车失灵|刹不住车"
)
_NO_INJURY = re.compile(
    r"(?:狗|猫|宠物|鱼|鸟|仓鼠)[^,。;!?\s]{0,8}(?:拉肚子|呕吐|吐|过敏|受伤|腹泻)|(?:扎|砸|烫|划)伤不至于|车[^,。;!?]{0,4}(?:蹭|刮|撞|划)"
    r"|(?:摔|砸|弄|碰|撞|刮|蹭)(?:坏|碎|烂)了?(?!牙|手|脚|腿|头|脸|我|人)|"
    r"(?:屏|漆|膜|壳|包装|箱|快递|车身|玻璃|地板|沙发|衣服|裤|裙|鞋|表面|表盘|家具|桌|车门|后盖|镜头|货|门|墙|床垫|手机|手表|手机壳|手环|手套|脚垫|头像|头盔|脚架|手机屏)"
    r"[^,。;!?]{0,8}(?:划|刮|砸|摔|碰|磕|扎|割|破|蹭|烧坏|压|撞)(?:伤|破|到|了|坏|碎|断|裂|着|得)?"
    r"|烫(?:发|头|染|金|衣|卷|直|完头)|(?:做|染)[^,。;!?]{0,6}烫|手机[^,。;!?]{0,4}发?烫|(?:心里?|感情|自尊)[^,。;!?]{0,4}受(?:了)?伤|受伤的总是"
    r"|(?:气|心态|群里?|快|脑子|朋友圈|评论区|客服)[^,。;!?]{0,3}(?:爆炸|炸了|炸裂|要炸)|(?:气|嗓子)[^,。;!?]{0,6}冒(?:烟|火)|冻得|生意[^,。;!?]{0,4}火"
    r"|(?:手机|电脑|系统|[uU]盘|平板|软件)[^,。;!?]{0,8}中毒|[吐槽]槽|(?:手|脚|头|脸|腰|腿)(?:头|感|工|续|机|表|册|艺|气)[^,。;!?]{0,4}(?:压|摔|碎|坏)"
    r"|(?:脸|头)(?:都)?(?:丢|大)|打脸|压(?:到|着|了)?(?:价|货|款|单)|(?:人|我|他|她)[^,。;!?]{0,3}(?:炸鸡|烧烤|刮奖|刮了?奖|摔了?(?:手机|电话)|压(?:了|着|到))"
)

_ASKS = re.compile(r"召回|为什么[^,。;!?]{0,10}会|为啥|什么原理|会[^,。;!?]{0,6}(?:不|吗)[?。]?$")

# ── a threat to oneself ──
_SELF_HARM = re.compile(
    r"自杀|自尽|轻生|自残|自伤|寻短见|割腕|上吊(?!带)|(?:喝|服)(?:农药|百草枯|敌敌畏)|吞(?:了)?(?:一瓶|很多|整瓶|大量)?安眠药|吃(?:了|下)?(?:一瓶|整瓶|很多|大量)安眠药"
    r"|不想(?:再)?(?:活|苟活)(?:了|下去|着|啦|$)|不想活[,。!?\s]|活不下去|不活了|活够了|活腻了?|(?:我|真|都|人)[^,。;!?]{0,4}不想活"
    r"|活着[^,。;!?]{0,6}(?:没(?:有)?(?:什么|啥)?(?:意思|意义|劲|希望)(?!的)|太累|好累|干嘛|干什么)"
    r"|(?<!得)(?<!的)想死(?!你|我了|他|她|这|那|亡)|想去死|(?:我|让我|就)去死|死给[你他她]们?看|一死了之|一了百了|以死|死了算了|死了得了|不如死|还是死|死(?:了)?才好"
    r"|死在(?:你|他|她|店|门|这里|你们)|(?:我|真|就|要|想|去|从|楼)[^,。;!?]{0,6}(?:跳楼(?!价|机|大|甩|促|清|式)|跳河|跳江|跳海河|跳桥|跳下去)|(?:跳楼|跳河|跳江)(?:算了|死|得了|给)"
    r"|(?:结束|了结|了断)(?:我|自己)?的?(?:生命|性命|一生|自己|这条命)|写(?:好|了|下)?了?遗书|同归于尽|伤害(?:我)?自己|不想醒来|离开这个世界|没(?:有)?(?:活下去|活着)的"
    r"|kill myself|want to die|suicide|end my life",
    re.IGNORECASE,
)
_NO_SELF_HARM = re.compile(
    r"自杀(?:式|游戏|率|性|小队)|(?:热|冷|困|饿|丑|贵|卡|气|笑|馋|尴尬)(?:得|的|到)?(?:我|人)?(?:都|真)?想死"
    r"|(?:店|商家|企业|公司|厂|平台|小店|老板|品牌|超市|生意|花|鱼|植物|多肉|树|乌龟|仓鼠|猫|狗)[^,。;!?]{0,6}(?:活不下去|活不了|不想活|自杀|死了)"
    r"|(?:手机|电脑|电池|机器|它|系统|车)[^,。;!?]{0,6}(?:死了|自杀|想死)|(?:看|玩|演|写|电影|小说|游戏|剧|书)[^,。;!?]{0,8}(?:自杀|跳楼|上吊|割腕)"
    r"|(?:诱导|教唆|鼓吹|涉及|宣扬)[^,。;!?]{0,6}(?:自杀|自残)|上吊(?:绳|带|机)"
)

# ── a child writes ──
_DIGITS = {"七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12, "十三": 13, "十四": 14, "十五": 15, "十六": 16,
           "十七": 17, "六": 6, "五": 5}  # fmt: skip
_I = r"(?:我|俺|咱|本人|人家|在下)(?:自己|其实)?"
_STILL = r"(?:今年|现在|目前|还|才|只|刚|刚刚|正|在|有|是|满|不到|快|马上|虚岁|周岁|今天|就|差不多|,|，|\s)*"
_OTHERS = r"(?:儿|女|孩子|小孩|娃|宝|闺|弟|妹|侄|外甥|孙|学生|家长|同学|妈|爸|老师|狗|猫)"
_AGE = re.compile(
    rf"(?:{_I}{_STILL}|(?:^|[,。;!?\s])今年{_STILL}|^{_STILL}(?=[^,。;!?]{{1,4}}岁[了啦呀]?(?:$|[,。!])))(?P<age>\d{{1,2}}|十[一二三四五六七]?|[五六七八九])(?:周)?岁"
    rf"(?!的?(?:时候?|那年|起|开始|以前|之前|生日)|以[上前]|多?的?(?:{_OTHERS}|老))"
)
_NAMES_ANOTHER = re.compile(rf"{_OTHERS}|他|她")
_THEN = re.compile(r"(?:时候?|那年|那时|当时|以前|小时)[,\s]*$")
_BARE_AGE = re.compile(rf"{_I}今年(?:才|刚|刚满)?(?P<age>\d{{1,2}})(?=$|[,。;!?\s了])")
_ENGLISH_AGE = re.compile(
    r"\bi(?:'| a)?m (?P<age>\d{1,2})(?: years old|\b(?=$|[,.!]))", re.IGNORECASE
)
_GRADE = r"(?:小学|初中|中学|高中|幼儿园|初[一二三]|高[一二三]|[一二三四五六七八九123456789]年级|学前班|小[一二三四五六](?![二三四五六]))"
_AT_SCHOOL = re.compile(
    rf"{_I}(?:今年|现在|目前|还|才|刚|正|,|\s)*(?:在|是)?(?:上|读|念|升)(?:的是|的|着|到|了)?{_GRADE}"
    rf"(?!的?(?:{_OTHERS})|[^,。;!?]{{0,3}}(?:时候?|那会|那年|以前|之前|老师|家长|毕业|旁边|门口))"
)
_IS_PUPIL = re.compile(
    rf"{_I}(?:今年|现在|目前|还|只|就|,|\s)*是(?:一?[个名]|个)?(?:还?(?:在|没)?(?:上学的?)?|\d{{1,2}}岁的?|{_GRADE}的?)?"
    rf"(?:小学生|初中生|高中生|中学生|未成年人?|小孩子?|小朋友|孩子|{_GRADE}学?生|(?<=年级的)学生|(?<=年级)学生)"
    rf"(?!的?(?:他|她)?(?:爸|妈|父|母|爷|奶|姥|外婆|家长|监护|亲|老师|班主任|书包|手表)|家长|他|她|用|买|教)"
    rf"|{_I}(?:今年|现在|还|,|\s)*(?:是)?{_GRADE}的?学生(?!的?(?:{_OTHERS}|爸|家长))"
)
_UNDER_AGE = re.compile(
    rf"{_I}(?:还|现在|,|\s)*(?:没有?|未|不)(?:成年|满(?:18|十八)(?:周)?岁?|到(?:18|十八)(?:周)?岁?)|{_I}(?:是|还是)?未成年"
)
_IN_SECRET = re.compile(
    rf"{_I}[^,。;!?]{{0,4}}(?:偷偷|瞒着|背着)[^,。;!?]{{0,6}}(?:爸|妈|爷爷|奶奶|姥|家长|大人)[^,。;!?]{{0,8}}(?:手机|微信|支付宝|银行卡|钱|账号|密码)"
)
_GUARDIAN = re.compile(
    r"我是(?:他|她|孩子|这孩子|宝宝|娃|小孩|学生)?的?(?:的)?(?:家长|监护人|妈|爸|母亲|父亲|爷爷|奶奶|姥姥|姥爷|外公|外婆)"
    r"|^(?:家长|孩子(?:他|的)?(?:妈|爸)|监护人)(?:来了|在|你好)?"
    r"|我(?:已经|早就|早)?(?:是)?成年(?:人|了)|我(?:已经)?(?:1[89]|[2-9]\d)岁|我(?:可)?不是(?:小孩|孩子|未成年|小学生|学生)|我(?:是)?大人"
)

# ── for another person ──
_KIN = (
    r"(?:妈妈?|爸爸?|母亲|父亲|爷爷|奶奶|姥姥|姥爷|外公|外婆|父母|爸妈|老人家?|长辈|老公|老婆|丈夫|妻子|爱人|对象|男朋友|女朋友|男友|女友"
    r"|朋友|同事|同学|室友|闺蜜|邻居|亲戚|家人|家里人|哥哥?|姐姐?|弟弟?|妹妹?|表[哥姐弟妹]|堂[哥姐弟妹]|岳父|岳母|婆婆|公公|丈母娘|老丈人|舅舅?|姑姑?|姨妈?|叔叔?|伯伯?|婶婶?"
    r"|别人|他人|人家|他们?|她们?|客户|老板|领导|老乡|工友|战友|对门|大爷|大妈|阿姨|老师|老伴儿?)"
)
_ACT = r"(?:来)?(?:投诉|维权|申诉|反映|讨(?:个)?(?:说法|公道)|讨回|要(?:个)?说法|要回|登记|提交|填)"
_FOR_ANOTHER = re.compile(
    rf"(?:替|帮|代|代替|代表|为)(?:一下)?(?:我们?家?的?|咱们?家?的?|俺|一个|一位|个|位)?[^,。;!?买订购充办]{{0,3}}{_KIN}[^,。;!?买订购充办定]{{0,4}}{_ACT}"
    rf"|给(?:我们?家?的?|咱们?家?)?{_KIN}(?:来)?(?:投诉|维权|申诉)"
    rf"|(?:我|俺|咱)?的?{_KIN}(?:让|叫|托|委托|拜托|请)(?:我|俺)[^,。;!?买]{{0,6}}{_ACT}|受[^,。;!?]{{0,6}}(?:委托|之托)[^,。;!?]{{0,8}}{_ACT}"
    rf"|(?:能不能|可以|可不可以|能|想|要|我)(?:代|替)(?:人|别人|他人|为)?{_ACT}|我是(?:代理人|受托人|代办)|代(?:人|为)投诉"
)
_THEIR_OWN_CHILD = re.compile(
    r"(?:替|帮|代|为|给)(?:我们?家?的?)?(?:孩子|娃|宝宝|小孩|儿子|女儿|闺女)"
)

# ── a report that tells who made it ──
_REPORTS = re.compile(r"举报|揭发|检举|揭露|爆料|反映|曝光")
_EXPOSES = re.compile(
    r"(?:只有|就|仅|仅有|就剩)(?:我|俺)(?:们?一?[个家位]|自己)(?:[^,。;!?]{0,8}(?:顾客|客人|客户|买|消费|知道|人|在|去|员工))?|我是(?:他们?|店里|这家|那家)?的?唯一|唯一的?(?:顾客|客人|客户|买家|员工)"
    r"|我(?:就)?是[^,。;!?]{0,10}(?:员工|店员|服务员|厨师|后厨|前台|收银员?|销售|会计|保安|工人|导购|库管|司机|学徒|内部人|离职|实习生|经理|店长|供应商|供货商|加盟商)"
    r"|我(?:以前|之前|现在|曾经?)?在(?:这|那|他们?|她们?)?(?:家)?(?:店|公司|厂|超市|饭店|餐厅|里)?(?:里)?(?:上班|工作|打工|干活|干过|做过|实习|兼职)"
    r"|(?:内部|离职|在职)(?:员工|人员|职工)|(?:我的?)?(?:订单号?|单号|会员号|会员卡号?|卡号|车牌号?|快递单号|我的名字|微信号)(?:是|:|为|[0-9a-z])"
    r"|(?:会|能|怕|不想|别让|不要让|不能让|被)[^,。;!?]{0,8}(?:知道(?:是)?(?:我|谁)|认出|猜到|查到是?我|找到我|报复|打击报复|泄露我|暴露)",
    re.IGNORECASE,
)


def find(text: str) -> str | None:
    """The moment that a folded message is, the most urgent first, or None.

    `acute` (danger to life now), `self_harm`, `child` (a child writes), `scam` (somebody is being
    swindled, see scams.py), `injury` (somebody was hurt or nearly), `for_another` (the dispute is another person's), `exposed_report` (a report whose
    facts tell the shop who made it).
    """
    if is_acute(text):
        return "acute"
    if _stands(_SELF_HARM, _without(_NO_SELF_HARM, text)):
        return "self_harm"
    if is_child(text):
        return "child"
    if scams.is_scam(text):
        return "scam"
    if is_injury(text):
        return "injury"
    if is_for_another(text):
        return "for_another"
    return "exposed_report" if _REPORTS.search(text) and exposes_reporter(text) else None


def is_acute(text: str) -> bool:
    """Whether somebody is in danger to life now: fire, bleeding, unconscious, poisoned, choking."""
    if len(text) <= _MOST_CRY and _CRY.search(text):
        return True
    if _stands(_ACUTE_NOW, _without(_NO_BODY, text), unless=_ONLY_SPOKEN_OF):
        return True
    is_story = len(text) > _LONGEST_CRY_FOR_HELP and not _IS_NOW.search(text)
    if is_story or _PAST.search(text):
        return False
    return _stands(_ACUTE, _without(_NO_BODY, text), unless=_ONLY_SPOKEN_OF)


def is_injury(text: str) -> bool:
    """Whether somebody was hurt, or nearly, by a thing, a meal or in a shop; fear alone is not."""
    if _ASKS.search(text):
        return False
    return _stands(_INJURY, _without(_NO_INJURY, text), unless=_ONLY_SPOKEN_OF)


def is_child(text: str) -> bool:
    """Whether the writer says to be under 18; a parent who writes of a child is not one."""
    for pattern in (_AGE, _BARE_AGE, _ENGLISH_AGE):
        for match in pattern.finditer(text):
            before = text[: match.start()]
            is_other = match[0][0] not in "我俺咱本人" and _NAMES_ANOTHER.search(before)
            is_told = is_other or _THEN.search(before)
            if _WRITES_FROM <= _years(match["age"]) < _ADULT_AT and not is_told:
                return True
    others = (_AT_SCHOOL, _IS_PUPIL, _UNDER_AGE, _IN_SECRET)
    return any(pattern.search(text) for pattern in others)


def is_for_another(text: str) -> bool:
    """Whether the writer files for another grown person; a parent acts for a child by law."""
    return _FOR_ANOTHER.search(text) is not None and not _THEIR_OWN_CHILD.search(text)


def is_guardian(text: str) -> bool:
    """Whether the writer says to be a child's guardian, or no child."""
    return _GUARDIAN.search(text) is not None


def exposes_reporter(text: str) -> bool:
    """Whether what is told would show the shop who made a report."""
    return _EXPOSES.search(text) is not None


def _years(digits: str) -> int:
    return int(digits) if digits.isdigit() else _DIGITS[digits]


def _without(pattern: re.Pattern[str], text: str) -> str:
    """The text with what only looks like the moment taken out, in its place a clause's end."""
    return pattern.sub(",", text)


def _stands(pattern: re.Pattern[str], text: str, *, unless: re.Pattern[str] | None = None) -> bool:
    """Whether the pattern stands in the text somewhere that `unless` does not end before it."""
    return any(
        unless is None or not unless.search(text[: match.start()])
        for match in pattern.finditer(text)
    )
