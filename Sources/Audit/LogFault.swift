import Primitives

/// What is wrong with a copied log, as exactly as the copy allows.
package enum LogFault: Explained, Hashable {
    /// A checkpoint of another tree lies in the copy.
    case checkpointOfOtherLog(size: UInt64)
    /// A checkpoint is not signed by the log's key.
    case checkpointUnsigned(size: UInt64)
    /// The log signed two roots for one size: it shows different logs to different people.
    case twoRoots(size: UInt64)
    case leafMalformed(index: UInt64)
    /// A leaf is older than the one before it.
    case timeWentBack(index: UInt64)
    case leafChanged(index: UInt64)
    case leafDropped(index: UInt64)
    case leafAdded(index: UInt64)
    case leavesReordered(index: UInt64)
    /// A leaf says that the tree went on from an older copy of itself, which those before it are
    /// not.
    case recoveryUnfounded(index: UInt64)
    /// Leaves at the end are gone that a checkpoint covers.
    case treeCut(size: UInt64, signedSize: UInt64)
    /// Something differs in the leaves `after ..< upTo`; the copy has no hashes to say what.
    case rootDiffers(after: UInt64, upTo: UInt64)

    package var code: String {
        switch self {
        case .checkpointOfOtherLog: "checkpointOfOtherLog"
        case .checkpointUnsigned: "checkpointUnsigned"
        case .twoRoots: "twoRoots"
        case .leafMalformed: "leafMalformed"
        case .timeWentBack: "timeWentBack"
        case .leafChanged: "leafChanged"
        case .leafDropped: "leafDropped"
        case .leafAdded: "leafAdded"
        case .leavesReordered: "leavesReordered"
        case .recoveryUnfounded: "recoveryUnfounded"
        case .treeCut: "treeCut"
        case .rootDiffers: "rootDiffers"
        }
    }

    package var summary: String {
        switch self {
        case .checkpointOfOtherLog(let size):
            "The checkpoint of size \(size) is of another log."
        case .checkpointUnsigned(let size):
            "The checkpoint of size \(size) is not signed by the log's key."
        case .twoRoots(let size): "The log signed two different roots of size \(size)."
        case .leafMalformed(let index): "Leaf \(index) is not in the agreed form."
        case .timeWentBack(let index): "Leaf \(index) is older than the leaf before it."
        case .leafChanged(let index): "Leaf \(index) was changed after it was written."
        case .leafDropped(let index): "Leaf \(index) was taken out."
        case .leafAdded(let index): "Leaf \(index) was put in afterwards."
        case .leavesReordered(let index): "From leaf \(index) on the order was changed."
        case .recoveryUnfounded(let index):
            "Leaf \(index) tells of a recovery from other leaves than those before it."
        case .treeCut(let size, let signedSize):
            "The log has \(size) leaves, but a checkpoint covers \(signedSize)."
        case .rootDiffers(let after, let upTo):
            "The leaves from \(after) to before \(upTo) are not those that were signed."
        }
    }

    package var advice: String {
        switch self {
        case .checkpointOfOtherLog: "Copy the checkpoints of the log that is to be checked."
        case .checkpointUnsigned: "Check that the key is the one in the policy, then copy again."
        case .twoRoots, .leafMalformed, .timeWentBack, .leafChanged, .leafDropped, .leafAdded,
            .leavesReordered, .recoveryUnfounded, .treeCut, .rootDiffers:
            "Copy the log again; if the fault stays, keep both copies and tell all auditors."
        }
    }

    package var isTemporary: Bool { false }
}
