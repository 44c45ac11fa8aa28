package import Audit
import Primitives

/// Why a store did not do what it was asked.
package enum StoreError: Explained, Hashable {
    /// What the decision had read is no longer so; nothing of the change was stored.
    ///
    /// nil: a row with the same key stands already, or one that the change refers to does not.
    case conflict(Precondition?)
    /// No room on the disk; nothing of the change was stored.
    case full
    /// Too many changes wait.
    case busy
    /// What was read breaks a rule of its own table: no statement of this program wrote it so.
    case damaged
    /// The tree is shorter than, or differs from, its newest checkpoint: nothing may be written.
    case rolledBack(TreeKind)
    /// The folder is an older copy, by a restore or as was found out: it takes nothing but a
    /// recovery.
    case restored
    /// The disk or the database library failed.
    case unavailable(code: Int32)
    case closed
    /// Another process uses the folder.
    case locked
    /// There is no folder, or it lacks its `format` file.
    case noStore
    /// The folder or a file in it is not one of this program, or of the other kind of place.
    case unknownFile
    /// Written by a newer version of this program.
    case newerSchema(found: Int64, known: Int64)
}

extension StoreError {
    package var code: String {
        switch self {
        case .conflict: "storeConflict"
        case .full: "storageFull"
        case .busy: "storeBusy"
        case .damaged: "storeDamaged"
        case .rolledBack: "storeRolledBack"
        case .restored: "storeRestored"
        case .unavailable: "storeUnavailable"
        case .closed: "storeClosed"
        case .locked: "storeLocked"
        case .noStore: "noStore"
        case .unknownFile: "storeUnknownFile"
        case .newerSchema: "storeNewerSchema"
        }
    }

    package var summary: String {
        switch self {
        case .conflict: "Another change was stored first."
        case .full: "The disk of the store is full."
        case .busy: "Too many changes wait to be stored."
        case .damaged: "A stored row is damaged."
        case .rolledBack(let tree):
            "The \(tree.rawValue) tree of the audit log does not contain its newest checkpoint."
        case .restored: "This data folder is an older copy of itself."
        case .unavailable(let code): "The store cannot be reached (\(code))."
        case .closed: "The store is closed."
        case .locked: "Another process uses this data folder."
        case .noStore: "There is no store in this folder."
        case .unknownFile: "A file of the data folder was not made for this kind of place."
        case .newerSchema(let found, let known):
            "The store has schema \(found); this program knows \(known)."
        }
    }

    package var advice: String {
        switch self {
        case .conflict: "Decide again on what is stored now."
        case .full: "Free space on the disk of the data folder; nothing was lost."
        case .busy: "Try again in a few seconds."
        case .damaged: "Stop, copy the data folder, and restore the newest backup."
        case .rolledBack: "Do not write. Look for the newer files, else run renkei audit recover."
        case .restored: "Run renkei audit recover before anything else; nothing was written."
        case .unavailable: "Check the disk and the rights of the data folder, then try again."
        case .closed: "Start the service again."
        case .locked: "Stop the other process, or name another data folder."
        case .noStore: "Run init for this folder, or name another one."
        case .unknownFile: "Name the folder of this service; nothing was changed in this one."
        case .newerSchema: "Install the program version that wrote it, or a newer one."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .conflict, .full, .busy, .unavailable, .locked: true
        case .damaged, .rolledBack, .restored, .closed, .noStore, .unknownFile, .newerSchema: false
        }
    }
}
