"""Given names that people write in several ways, and those that look alike but are two. Folded: lower case, no accents."""

_WAYS_OF_WRITING = """
aaron aron arron · abigail abi abby · alan allan allen al · albert bert al · alexander alex alec sandy xander ·
alexandra alex lexi · alfred alf fred alfie · alison ali allison · amanda mandy · andrew andy drew ·
angela angie · ann anne · anthony tony antony ant · antonia toni · arthur art · barbara barb barbie · beatrice bea trixie ·
benjamin ben benny · bernard bernie · caroline carrie caz · catherine katherine kathryn cathy kathy kate katie cath kat kitty ·
charles charlie chuck chas · charlotte charlie lottie · christine chris chrissie tina · christina chris chrissie tina ·
christopher chris kit topher · clifford cliff · cynthia cindy · daniel dan danny · danielle dani · david dave davey dai ·
deborah debra debbie deb · dennis denis den · derek del derrick · donald don donny · dorothy dot dotty dolly · douglas doug ·
edward ed eddie ted teddy ned · eleanor ellie eleanore · elizabeth elisabeth liz lizzie beth betty libby ·
emily em emmie · emma em emmy · eugene gene · florence flo florrie · frances fran frankie · francis frank frankie ·
francesca fran cesca · frederick fred freddie fredrick · gabriel gabe · gareth gaz gary · geoffrey geoff jeffrey jeff ·
george georgie · georgina georgie gina · gerald gerry jerry · gerard gerry · graham graeme · gregory greg · harold harry ·
henry harry · imogen immy · isabel isabelle isobel izzy bella isabella · jacob jake jakub yakub ·
jacqueline jackie jacky · james jim jimmy jamie jem · janet jan · jennifer jen jenny · jeremy jez jerry · jessica jess jessie ·
joanne jo joanna · john jon johnny johnnie · jonathan jon jonny jonathon johnathan · joseph joe joey · josephine jo josie ·
joshua josh · judith judy · julian jules · julia jules julie · kenneth ken kenny · kimberley kim kimberly · laurence lawrence larry laurie ·
leonard len lenny leo · lesley leslie les · lewis louis lou lewie · lindsay lynsey lindsey lyndsey · louise lou luise ·
madeleine maddy madeline · malcolm mal · margaret maggie meg peggy marge mags · martin marty martyn ·
matthew matt mathew matty · maureen mo · maxwell max · maximilian max · michael mike mick mickey micky mikey micheal ·
michelle shell chelle · mohammed muhammad mohamed mohammad muhammed mohamad mohammod muhamed mohd md · nathan nate nathaniel nat ·
natalie nat nathalie · nicholas nick nicky nicolas nico · nicola nicky nikki nic · oliver ollie olly · olivia liv livvy ·
pamela pam · patricia pat patsy trish tricia · patrick pat paddy · peter pete · philip phil pip phillip · philippa pip pippa ·
priscilla cilla · rachel rach rachael · raymond ray · rebecca becky becca bex rebekah · reginald reg reggie · richard rich rick ricky dick richie ·
robert rob bob bobby robbie bert · roberta bobbie · roger rodge · ronald ron ronnie · rosemary rosie · russell russ ·
samantha sam sammy · samuel sam sammy · sandra sandy · sarah sara · sean shaun shawn · sharon shaz · sidney sid sydney ·
simon szymon · sophie sofia sophia · stanley stan · stephanie steph stefanie · stephen steven steve stevie stephan · stuart stewart stu ·
susan sue susie suzanne susanna suzie · sylvia silvia syl · terence terry terrence · teresa theresa terry tess · theodore theo ted teddy ·
thomas tom tommy · timothy tim timmy · tobias toby · valerie val · veronica ronnie · victor vic · victoria vicky vicki tori ·
vincent vince vinny · vivian viv vivien vivienne · walter wally walt · wilfred wilf · william will bill billy willy · winifred win winnie ·
yousef yusuf youssef yousuf · yvonne evonne · zachary zach zac zak
"""

WAYS_OF_WRITING = tuple(frozenset(group.split()) for group in _WAYS_OF_WRITING.split("·"))
"""Each group is one name with its spellings and short forms. Sam is Samuel and is Samantha; Samuel is not Samantha."""

TWO_NAMES = frozenset(
    frozenset(pair.split("/"))
    for pair in [
        "andrew/andrea",
        "michael/michelle",
        "frances/francis",
        "joseph/josephine",
        "oliver/olivia",
        "julian/juliana",
        "christian/christine",
        "hassan/hussain",
        "hasan/husain",
        "samir/samira",
        "jordan/jordana",
    ]
)
"""Names that a measure of spelling takes for one, though a brother and a sister may bear them."""

ENDINGS_OF_ANOTHER_NAME = ("a", "e", "ah", "ia", "ina", "ine", "ette", "elle", "ella", "le", "na", "son")
"""What makes another name of a name: Paul and Paula, Daniel and Danielle, Simon and Simone."""


def ways_of_writing(name: str) -> frozenset[str]:
    """Every way of writing a folded given name, itself among them."""
    return frozenset({name}).union(*(group for group in WAYS_OF_WRITING if name in group))


def are_one_name(one: str, other: str) -> bool:
    """Whether two folded given names are ways of writing one name."""
    return one == other or any({one, other} <= group for group in WAYS_OF_WRITING)


def are_two_names(one: str, other: str) -> bool:
    """Whether two folded given names are known for two, however alike they are spelled."""
    shorter, longer = sorted([one, other], key=len)
    ending = longer.removeprefix(shorter) if shorter and longer.startswith(shorter) else ""
    return frozenset({one, other}) in TWO_NAMES or ending in ENDINGS_OF_ANOTHER_NAME
