/// The tables of the state machines, as `exchange-api.md` 16 has them. In a cell: the next state,
/// `=` for a repeat, `-` for `outOfOrder`, else the code of the refusal.
enum MachineTables {
    static let copy = """
        state       submit   fetch    delivered      refused        opened         confirmed
        none        accepted notFound -              -              -              -
        accepted    =        released -              -              -              -
        released    =        =        delivered      refused        -              -
        delivered   =        =        =              -              opened         -
        opened      =        =        =              -              =              confirmed
        confirmed   =        =        =              -              =              =
        refused     =        bodyGone -              =              -              -
        expired     =        bodyGone -              -              -              -
        withdrawn   =        bodyGone deliveryClosed deliveryClosed deliveryClosed deliveryClosed
        undeliverable =      bodyGone deliveryClosed deliveryClosed deliveryClosed deliveryClosed
        """

    static let copyFurther = """
        state       withdrawal    neverOpened    alreadyOpened  expiry  close
        none        notFound      -              -              -       -
        accepted    withdrawn     -              -              expired undeliverable
        released    released      withdrawn      -              =       undeliverable
        delivered   delivered     withdrawn      delivered      -       -
        opened      opened        -              opened         -       -
        confirmed   confirmed     -              confirmed      -       -
        refused     bodyGone      -              -              -       -
        expired     expired       -              -              -       -
        withdrawn   =             =              -              -       -
        undeliverable undeliverable deliveryClosed deliveryClosed -     =
        """

    static let unsent = """
        state         permitted denied cancel    seal   block   consentWithdrawn free attempt
        draft         held      draft  -         -      -       -                -    -
        held          -         -      withdrawn sealed blocked blocked          -    -
        blocked       -         -      withdrawn -      =       =                held -
        sealed        -         -      withdrawn -      blocked blocked          -    attempted
        attempted     -         -      -         -      -       -                -    =
        stopped       -         -      withdrawn -      -       -                -    -
        accepted      -         -      -         -      -       -                -    -
        delivered     -         -      -         -      -       -                -    -
        opened        -         -      -         -      -       -                -    -
        confirmed     -         -      -         -      -       -                -    -
        replied       -         -      -         -      -       -                -    -
        refused       -         -      -         -      -       -                -    -
        expired       -         -      -         -      -       -                -    -
        undeliverable -         -      -         -      -       -                -    -
        lapsed        -         -      -         -      -       -                -    -
        withdrawn     -         -      =         -      -       -                -    -
        """

    static let sent = """
        state         stop    lapse  accepted delivered refused
        draft         -       -      -        -         -
        held          -       lapsed -        -         -
        blocked       -       lapsed -        -         -
        sealed        -       lapsed -        -         -
        attempted     stopped lapsed accepted -         -
        stopped       =       lapsed accepted -         -
        accepted      -       -      =        delivered refused
        delivered     -       -      =        =         -
        opened        -       -      =        =         -
        confirmed     -       -      =        =         -
        replied       -       -      =        replied   -
        refused       -       -      =        -         =
        expired       -       -      =        -         -
        undeliverable -       -      =        -         -
        lapsed        -       =      accepted -         -
        withdrawn     -       -      =        -         -
        """

    static let sentFurther = """
        state         opened  confirmed expired undeliverable
        draft         -       -         -       -
        held          -       -         -       -
        blocked       -       -         -       -
        sealed        -       -         -       -
        attempted     -       -         -       -
        stopped       -       -         -       -
        accepted      -       -         expired undeliverable
        delivered     opened  -         -       -
        opened        =       confirmed -       -
        confirmed     =       =         -       -
        replied       replied replied   -       -
        refused       -       -         -       -
        expired       -       -         =       -
        undeliverable -       -         -       =
        lapsed        -       -         -       -
        withdrawn     -       -         -       -
        """

    static let takenBack = """
        state         withdraw      takenBack     notTakenBack  reply
        draft         -             -             -             -
        held          withdrawn     -             -             -
        blocked       withdrawn     -             -             -
        sealed        withdrawn     -             -             -
        attempted     attempted     -             -             -
        stopped       withdrawn     -             -             -
        accepted      accepted      withdrawn     accepted      replied
        delivered     delivered     withdrawn     delivered     replied
        opened        opened        -             opened        replied
        confirmed     confirmed     -             confirmed     replied
        replied       replied       -             replied       replied
        refused       -             -             -             -
        expired       expired       expired       -             -
        undeliverable undeliverable undeliverable undeliverable -
        lapsed        lapsed        -             -             -
        withdrawn     =             =             -             -
        """

    static let received = """
        state     fetch   refuse  hold free    expire  deliver
        none      fetched -       -    -       -       -
        fetched   =       refused held -       -       delivered
        held      =       -       =    fetched refused -
        delivered =       -       -    -       -       -
        opened    =       -       -    -       -       -
        confirmed =       -       -    -       -       -
        replied   =       -       -    -       -       -
        refused   =       -       -    -       -       -
        withdrawn =       -       -    -       -       -
        """

    static let receivedFurther = """
        state     open      confirm   reply   withdraw  sameBytes otherBytes
        none      -         -         -       -         -         -
        fetched   -         -         -       -         =         =
        held      -         -         -       withdrawn =         =
        delivered opened    confirmed replied withdrawn =         =
        opened    opened    confirmed replied opened    =         =
        confirmed confirmed confirmed replied confirmed =         =
        replied   replied   -         replied replied   =         =
        refused   -         -         -       =         =         =
        withdrawn -         -         -       =         =         =
        """
}
