/// A value that can stand for a placeholder of a statement. Other modules make their own types
/// conform by binding what they store: `try statement.bind(hex, at: index)`.
package protocol Bindable {
    /// Binds the value to the placeholder `index`, which counts from 1.
    func bind(to statement: Statement, at index: Int) throws(SQLiteError)
}

extension Int64: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

extension Int: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(Int64(self), at: index)
    }
}

/// Stored as 0 and 1.
extension Bool: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(Int64(self ? 1 : 0), at: index)
    }
}

extension Double: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

extension String: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}

/// Stored as a blob.
extension [UInt8]: Bindable {
    package func bind(to statement: Statement, at index: Int) throws(SQLiteError) {
        try statement.bind(self, at: index)
    }
}
