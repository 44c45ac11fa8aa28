package import Audit
package import Delivery
package import Directory
package import Primitives

/// The exchange as one member sees it. `ExchangeNode` makes one for each member, `ExchangeClient`
/// is one over HTTPS; every call may be repeated with the same bytes at any time.
package protocol ExchangeService: Sendable {
    /// Versions, suites, limits, time and tree sizes; without a side effect.
    func status() async throws(ExchangeError) -> ExchangeStatus

    /// One result for each message, in order. Those that pass are committed together, before the
    /// answer.
    func submit(_ messages: [WireMessage]) async throws(ExchangeError) -> [ItemResult]
    /// Whether this member has uploaded the chunk, so that an upload goes on where it was cut.
    func hasChunk(_ sealedSha256: Digest) async throws(ExchangeError) -> Bool
    /// Keeps a sealed chunk for a submission to come; dropped when none comes in time.
    func putChunk(_ sealedSha256: Digest, _ bytes: [UInt8]) async throws(ExchangeError)

    /// Waits until the mailbox has risen above `query.since`, or nil when it has not. What was
    /// acknowledged is listed at once, in the order of acceptance, and alone.
    func inbox(_ query: InboxQuery) async throws(ExchangeError) -> InboxPage?
    /// One result for each key, in order, as far as they fit into one answer
    /// (`Limits.batchBytes`), and at least one; those without a result are asked for again.
    func fetch(_ keys: [MessageKey]) async throws(ExchangeError) -> [FetchResult]
    /// A chunk of a message that was fetched before.
    func chunk(
        of key: MessageKey,
        _ sealedSha256: Digest
    ) async throws(ExchangeError) -> [UInt8]

    /// Hands in own statements: receipts, directory entries, revocations. One result for each, in
    /// order; a later one may rest on an earlier one.
    func acknowledge(_ statements: [WireStatement]) async throws(ExchangeError) -> [ItemResult]
    /// Hands in proofs of own receipts, sealed to `to`; carried unread.
    func sendProofs(_ proofs: [SealedProofs]) async throws(ExchangeError) -> [ItemResult]
    /// What is addressed to this member after a cursor; empty when nothing came within the wait.
    func events(_ query: PageQuery) async throws(ExchangeError) -> [WireEvent]

    /// Own messages as the exchange knows them, one row for each copy.
    func deliveries(_ query: DeliveryQuery) async throws(ExchangeError) -> [CopyReport]
    /// A statement of a delivery one is party to; to others it is not there.
    func statement(_ sha256: Digest) async throws(ExchangeError) -> [UInt8]
    /// Leaf and inclusion of statements. Who can name a hash may have its leaf: nobody guesses one.
    func proofs(_ statements: [Digest]) async throws(ExchangeError) -> [WireProof]

    /// The newest signed checkpoint of an open tree, or the newest with a quorum of witnesses.
    func checkpoint(
        _ tree: TreeKind,
        isWitnessed: Bool
    ) async throws(ExchangeError) -> [UInt8]
    /// Leaves of `keys` from an index on, in order, with their objects.
    func directory(_ query: PageQuery) async throws(ExchangeError) -> [WireLeaf]

    /// What this member, as a witness of the policy, has not cosigned yet; waits for it.
    func witnessRequests(waitSeconds: Int) async throws(ExchangeError) -> [WitnessRequest]
    /// What this member answers to `witnessRequests`.
    func cosign(_ answers: [WitnessAnswer]) async throws(ExchangeError)
    /// Asks the exchange to cosign a checkpoint of the member's own log.
    func witness(_ request: WitnessRequest) async throws(ExchangeError) -> WitnessAnswer

    /// Certificates for new keys of a member that already has a connection.
    func renew(_ requests: [WireCertificateRequest]) async throws(ExchangeError) -> [[UInt8]]
}

/// The one door without a client certificate.
package protocol EnrolmentService: Sendable {
    /// The root certificate (DER). Worth nothing until compared with the joining paper's hash.
    func root() async throws(ExchangeError) -> [UInt8]
    /// Joins with the code of a paper. The same request again gets the same answer.
    func enrol(_ request: EnrolmentRequest) async throws(ExchangeError) -> EnrolmentAnswer
}

/// What `GET /x/v1/status` tells; no side effect.
package struct ExchangeStatus: Sendable {
    package let exchange: ExchangeID
    package let suites: [SuiteID]
    package let limits: PolicyLimits
    package let time: Timestamp
    /// Committed leaves of the open trees.
    package let treeSizes: [TreeKind: UInt64]
    package let operatorTelephone: TelephoneNumber?

    package init(
        exchange: ExchangeID,
        suites: [SuiteID],
        limits: PolicyLimits,
        time: Timestamp,
        treeSizes: [TreeKind: UInt64],
        operatorTelephone: TelephoneNumber?
    ) {
        self.exchange = exchange
        self.suites = suites
        self.limits = limits
        self.time = time
        self.treeSizes = treeSizes
        self.operatorTelephone = operatorTelephone
    }
}

/// A message as it travels: the three byte strings, and the exchange's receipt once there is one.
package struct WireMessage: Sendable, Equatable {
    package let routing: [UInt8]
    package let submission: [UInt8]
    package let sealed: [UInt8]
    package let accepted: [UInt8]?

    package init(
        routing: [UInt8],
        submission: [UInt8],
        sealed: [UInt8],
        accepted: [UInt8]? = nil
    ) {
        self.routing = routing
        self.submission = submission
        self.sealed = sealed
        self.accepted = accepted
    }
}

/// What became of one item of a batch.
package struct ItemResult: Sendable, Equatable {
    /// 200 for a repeat, 201 for something new, else the refusal's.
    package let status: Int
    /// The stored receipt, where one was given.
    package let receipt: [UInt8]?
    package let refusal: Refusal?
    /// With `statementConflict`: the statement that stands.
    package let statementSha256: Digest?

    package static func done(isNew: Bool, receipt: [UInt8]? = nil) -> ItemResult {
        ItemResult(
            status: isNew ? 201 : 200,
            receipt: receipt,
            refusal: nil,
            statementSha256: nil
        )
    }

    package static func refused(_ refusal: Refusal, standing: Digest? = nil) -> ItemResult {
        ItemResult(
            status: refusal.status,
            receipt: nil,
            refusal: refusal,
            statementSha256: standing
        )
    }

    package var isNew: Bool { status == 201 }
}

/// Which part of the mailbox, and how long to wait for it.
package struct InboxQuery: Sendable {
    /// The mailbox revision last seen.
    package let since: Int64
    package let waitSeconds: Int
    package let limit: Int
    /// How many lines of the list to pass over: what stays listed shall not hide what follows.
    package let after: Int
    /// Not what waits, but what was acknowledged or has ended within so many days: for a gateway
    /// whose disk is an older copy.
    package var includeDelivered: Int?

    package init(
        since: Int64,
        waitSeconds: Int = 0,
        limit: Int = Limits.pageItems,
        after: Int = 0
    ) {
        self.since = since
        self.waitSeconds = waitSeconds
        self.limit = limit
        self.after = after
    }

    package static func delivered(days: Int, after: Int = 0) -> InboxQuery {
        var query = InboxQuery(since: 0, after: after)
        query.includeDelivered = days
        return query
    }
}

/// Unacknowledged copies of one mailbox: emergency first, then urgent, then routine; within one
/// sender and urgency in order of acceptance.
package struct InboxPage: Sendable, Equatable {
    package let revision: Int64
    package let items: [InboxLine]

    package init(revision: Int64, items: [InboxLine]) {
        self.revision = revision
        self.items = items
    }
}

/// One copy: unacknowledged, or one that was asked for although it is not.
package struct InboxLine: Sendable, Equatable {
    package let key: MessageKey
    package let urgency: Urgency
    package let sealedLength: Int
    package let chunkCount: Int
    package let acceptedAt: Timestamp
    package let expiresAt: Timestamp
    package let position: Int64
    /// Of a copy that was acknowledged.
    package var ended: Ended?

    package struct Ended: Sendable, Equatable {
        package let state: DeliveryState
        /// All that were made about the copy, in the order they came.
        package let statements: [Digest]

        package init(state: DeliveryState, statements: [Digest]) {
            self.state = state
            self.statements = statements
        }
    }

    package init(
        key: MessageKey,
        urgency: Urgency,
        sealedLength: Int,
        chunkCount: Int,
        accepted: (at: Timestamp, until: Timestamp),
        position: Int64
    ) {
        self.key = key
        self.urgency = urgency
        self.sealedLength = sealedLength
        self.chunkCount = chunkCount
        acceptedAt = accepted.at
        expiresAt = accepted.until
        self.position = position
    }
}

/// A fetched message, or why it could not be had.
package enum FetchResult: Sendable, Equatable {
    case message(WireMessage, released: Timestamp, attempt: Int)
    case refused(MessageKey, Refusal)
}

/// A statement with the disclosure that belongs to it.
package struct WireStatement: Sendable, Equatable {
    package let bytes: [UInt8]
    package let disclosure: [UInt8]?

    package init(bytes: [UInt8], disclosure: [UInt8]? = nil) {
        self.bytes = bytes
        self.disclosure = disclosure
    }
}

/// Proofs of own receipts, sealed to the other party.
package struct SealedProofs: Sendable, Equatable {
    package let to: MemberID
    package let bytes: [UInt8]

    package init(to: MemberID, bytes: [UInt8]) {
        self.to = to
        self.bytes = bytes
    }
}

/// What comes after a cursor (events) or from an index on (leaves), and how long to wait for it.
package struct PageQuery: Sendable {
    package let after: Int64
    package let waitSeconds: Int
    package let limit: Int

    package init(after: Int64, waitSeconds: Int = 0, limit: Int = Limits.pageItems) {
        self.after = after
        self.waitSeconds = waitSeconds
        self.limit = limit
    }
}

/// One event addressed to the member; `cursor` rises by member.
package struct WireEvent: Sendable, Equatable {
    package enum Body: Sendable, Equatable {
        case statement(WireStatement)
        case proofs(from: MemberID, bytes: [UInt8])
        /// A peer's statement about a day; to a version that does not know it, a notice.
        case reconciliation([UInt8])
        /// A notice of a type this version may not know; skipped then.
        case notice(WireNotice)
    }

    package let cursor: Int64
    package let at: Timestamp
    package let body: Body

    package init(cursor: Int64, at: Timestamp, body: Body) {
        self.cursor = cursor
        self.at = at
        self.body = body
    }
}

/// What the exchange tells without signing it.
package struct WireNotice: Sendable, Equatable {
    package let type: String
    /// The copy it is about, for types that are about one.
    package let copy: Copy?

    package struct Copy: Sendable, Equatable {
        package let key: MessageKey
        package let to: MemberID
        /// Which of several things it tells about the copy.
        package let stage: String

        package init(key: MessageKey, to: MemberID, stage: String) {
            self.key = key
            self.to = to
            self.stage = stage
        }
    }

    package init(type: String, copy: Copy? = nil) {
        self.type = type
        self.copy = copy
    }
}

/// Which own messages: one by its id, or those accepted after a place.
package struct DeliveryQuery: Sendable {
    package let messageID: MessageID?
    /// Only messages with a copy in this state.
    package let state: DeliveryState?
    package let after: Int64
    /// Of messages.
    package let limit: Int

    package init(
        messageID: MessageID?,
        state: DeliveryState? = nil,
        after: Int64 = 0,
        limit: Int = Limits.pageItems
    ) {
        self.messageID = messageID
        self.state = state
        self.after = after
        self.limit = limit
    }
}

/// One copy of an own message as the exchange knows it.
package struct CopyReport: Sendable, Equatable {
    /// Of the message in the order of acceptance; the cursor of a listing.
    package let place: Int64
    package let messageID: MessageID
    package let to: MemberID
    package let state: DeliveryState
    package let acceptedAt: Timestamp
    /// Every statement of the copy, oldest first.
    package let statements: [Digest]

    package init(
        place: Int64,
        messageID: MessageID,
        to: MemberID,
        state: DeliveryState,
        acceptedAt: Timestamp,
        statements: [Digest]
    ) {
        self.place = place
        self.messageID = messageID
        self.to = to
        self.state = state
        self.acceptedAt = acceptedAt
        self.statements = statements
    }
}

/// The leaf of a statement and its tlog-proof; nil: none, or not yet.
package struct WireProof: Sendable, Equatable {
    package let statement: Digest
    package let proof: ReceiptProof?

    package init(statement: Digest, proof: ReceiptProof?) {
        self.statement = statement
        self.proof = proof
    }
}

/// A leaf of the `keys` tree with the object beside it.
package struct WireLeaf: Sendable, Equatable {
    package let index: Int64
    package let leaf: [UInt8]
    package let object: [UInt8]?

    package init(index: Int64, leaf: [UInt8], object: [UInt8]?) {
        self.index = index
        self.leaf = leaf
        self.object = object
    }
}
