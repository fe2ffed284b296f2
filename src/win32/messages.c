/* SPDX-License-Identifier: Apache-2.0
 * messages.c - the system's texts for status and error values, sorted by value.
 *
 * Source: desktop-src/com/com-error-codes-4.md, desktop-src/Debug/system-error-codes.md
 */
#include "win32/messages.h"

#include <stddef.h>
#include <stdlib.h>

/* clang-format off */
static const struct row {
    uint32_t code;
    const char *text;
} rows[] = {
    { 0, "The operation completed successfully." },
    { 1, "Incorrect function." },
    { 2, "The system cannot find the file specified." },
    { 3, "The system cannot find the path specified." },
    { 4, "The system cannot open the file." },
    { 5, "Access is denied." },
    { 6, "The handle is invalid." },
    { 8, "Not enough memory resources are available to process this command." },
    { 9, "The storage control block address is invalid." },
    { 10, "The environment is incorrect." },
    { 11, "An attempt was made to load a program with an incorrect format." },
    { 12, "The access code is invalid." },
    { 13, "The data is invalid." },
    { 14, "Not enough storage is available to complete this operation." },
    { 16, "The directory cannot be removed." },
    { 18, "There are no more files." },
    { 19, "The media is write protected." },
    { 21, "The device is not ready." },
    { 24, "The program issued a command but the command length is incorrect." },
    { 32, "The process cannot access the file because it is being used by another process." },
    { 33,
      "The process cannot access the file because another process has locked a portion of "
      "the file." },
    { 38, "Reached the end of the file." },
    { 39, "The disk is full." },
    { 50, "The request is not supported." },
    { 52,
      "You were not connected because a duplicate name exists on the network. If joining a "
      "domain, go to System in Control Panel to change the computer name and try again. If "
      "joining a workgroup, choose another workgroup name." },
    { 53, "The network path was not found." },
    { 54, "The network is busy." },
    { 55, "The specified network resource or device is no longer available." },
    { 59, "An unexpected network error occurred." },
    { 64, "The specified network name is no longer available." },
    { 65, "Network access is denied." },
    { 67, "The network name cannot be found." },
    { 80, "The file exists." },
    { 82, "The directory or file cannot be created." },
    { 86, "The specified network password is not correct." },
    { 87, "The parameter is incorrect." },
    { 109, "The pipe has been ended." },
    { 110, "The system cannot open the device or file specified." },
    { 111, "The file name is too long." },
    { 112, "There is not enough space on the disk." },
    { 120, "This function is not supported on this system." },
    { 121, "The semaphore timeout period has expired." },
    { 122, "The data area passed to a system call is too small." },
    { 123, "The filename, directory name, or volume label syntax is incorrect." },
    { 126, "The specified module could not be found." },
    { 127, "The specified procedure could not be found." },
    { 145, "The directory is not empty." },
    { 148, "The path specified cannot be used at this time." },
    { 160, "One or more arguments are not correct." },
    { 161, "The specified path is invalid." },
    { 170, "The requested resource is in use." },
    { 183, "Cannot create a file when that file already exists." },
    { 206, "The filename or extension is too long." },
    { 231, "All pipe instances are busy." },
    { 232, "The pipe is being closed." },
    { 233, "No process is on the other end of the pipe." },
    { 234, "More data is available." },
    { 259, "No more data is available." },
    { 267, "The directory name is invalid." },
    { 317, "The system cannot find message text for this message number in the message file." },
    { 487, "Attempt to access invalid address." },
    { 534, "Arithmetic result exceeded 32 bits." },
    { 995,
      "The I/O operation has been aborted because of either a thread exit or an application "
      "request." },
    { 996, "Overlapped I/O event is not in a signaled state." },
    { 997, "Overlapped I/O operation is in progress." },
    { 998, "Invalid access to memory location." },
    { 1001, "Recursion too deep; the stack overflowed." },
    { 1004, "Invalid flags." },
    { 1056, "An instance of the service is already running." },
    { 1060, "The specified service does not exist as an installed service." },
    { 1062, "The service has not been started." },
    { 1064, "An exception occurred in the service when handling the control request." },
    { 1066, "The service has returned a service-specific error code." },
    { 1113, "No mapping for the Unicode character exists in the target multi-byte code page." },
    { 1115, "A system shutdown is in progress." },
    { 1168, "Element not found." },
    { 1169, "There was no match for the specified key in the index." },
    { 1210, "The format of the specified computer name is invalid." },
    { 1212, "The format of the specified domain name is invalid." },
    { 1223, "The operation was canceled by the user." },
    { 1225, "The remote computer refused the network connection." },
    { 1229, "An operation was attempted on a nonexistent network connection." },
    { 1231,
      "The network location cannot be reached. For information about network "
      "troubleshooting, see Windows Help." },
    { 1232,
      "The network location cannot be reached. For information about network "
      "troubleshooting, see Windows Help." },
    { 1233,
      "The network location cannot be reached. For information about network "
      "troubleshooting, see Windows Help." },
    { 1234, "No service is operating at the destination network endpoint on the remote system." },
    { 1235, "The request was aborted." },
    { 1236, "The network connection was aborted by the local system." },
    { 1237, "The operation could not be completed. A retry should be performed." },
    { 1238,
      "A connection to the server could not be made because the limit on the number of "
      "concurrent connections for this account has been reached." },
    { 1239, "Attempting to log in during an unauthorized time of day for this account." },
    { 1240, "The account is not authorized to log in from this station." },
    { 1241, "The network address could not be used for the operation requested." },
    { 1242, "The service is already registered." },
    { 1243, "The specified service does not exist." },
    { 1244,
      "The operation being requested was not performed because the user has not been "
      "authenticated." },
    { 1245,
      "The operation being requested was not performed because the user has not logged on "
      "to the network. The specified service does not exist." },
    { 1247,
      "An attempt was made to perform an initialization operation when initialization has "
      "already been completed." },
    { 1249, "The specified site does not exist." },
    { 1250, "A domain controller with the specified name already exists." },
    { 1265,
      "The system cannot contact a domain controller to service the authentication request. "
      "Please try again later." },
    { 1271, "The machine is locked and cannot be shut down without the force option." },
    { 1300, "Not all privileges or groups referenced are assigned to the caller." },
    { 1305, "The revision level is unknown." },
    { 1311, "There are currently no logon servers available to service the logon request." },
    { 1312, "A specified logon session does not exist. It may already have been terminated." },
    { 1313, "A specified privilege does not exist." },
    { 1314, "A required privilege is not held by the client." },
    { 1315, "The name provided is not a properly formed account name." },
    { 1316, "The specified account already exists." },
    { 1317, "The specified account does not exist." },
    { 1318, "The specified group already exists." },
    { 1319, "The specified group does not exist." },
    { 1323,
      "Unable to update the password. The value provided as the current password is "
      "incorrect." },
    { 1325,
      "Unable to update the password. The value provided for the new password does not meet "
      "the length, complexity, or history requirements of the domain." },
    { 1326, "The user name or password is incorrect." },
    { 1327,
      "Account restrictions are preventing this user from signing in. For example: blank "
      "passwords aren't allowed, sign-in times are limited, or a policy restriction has "
      "been enforced." },
    { 1328, "Your account has time restrictions that keep you from signing in right now." },
    { 1329, "This user isn't allowed to sign in to this computer." },
    { 1330, "The password for this account has expired." },
    { 1331, "This user can't sign in because this account is currently disabled." },
    { 1332, "No mapping between account names and security IDs was done." },
    { 1336, "The access control list (ACL) structure is invalid." },
    { 1337, "The security ID structure is invalid." },
    { 1338, "The security descriptor structure is invalid." },
    { 1346,
      "Either a required impersonation level was not provided, or the provided "
      "impersonation level is invalid." },
    { 1347, "Cannot open an anonymous level security token." },
    { 1352,
      "The security account manager (SAM) or local security authority (LSA) server was in "
      "the wrong state to perform the security operation." },
    { 1353, "The domain was in the wrong state to perform the security operation." },
    { 1354, "This operation is only allowed for the Primary Domain Controller of the domain." },
    { 1355, "The specified domain either does not exist or could not be contacted." },
    { 1356, "The specified domain already exists." },
    { 1359, "An internal error occurred." },
    { 1368, "Unable to impersonate using a named pipe until data has been read from that pipe." },
    { 1371, "Cannot perform this operation on built-in accounts." },
    { 1377, "The specified account name is not a member of the group." },
    { 1378, "The specified account name is already a member of the group." },
    { 1380,
      "Logon failure: the user has not been granted the requested logon type at this "
      "computer." },
    { 1385,
      "Logon failure: the user has not been granted the requested logon type at this "
      "computer." },
    { 1387,
      "A member could not be added to or removed from the local group because the member "
      "does not exist." },
    { 1389, "Too many security IDs have been specified." },
    { 1394, "There is no user session key for the specified logon session." },
    { 1396, "The target account name is incorrect." },
    { 1397,
      "Mutual Authentication failed. The server's password is out of date at the domain "
      "controller." },
    { 1398, "There is a time and/or date difference between the client and server." },
    { 1399, "This operation cannot be performed on the current domain." },
    { 1460, "This operation returned because the timeout period expired." },
    { 1785, "The disk media is not recognized. It may not be formatted." },
    { 1786, "The workstation does not have a trust secret." },
    { 1787,
      "The security database on the server does not have a computer account for this "
      "workstation trust relationship." },
    { 1788, "The trust relationship between the primary domain and the trusted domain failed." },
    { 1789, "The trust relationship between this workstation and the primary domain failed." },
    { 1790, "The network logon failed." },
    { 1792, "An attempt was made to logon, but the network logon service was not started." },
    { 1793, "The user's account has expired." },
    { 1908, "Could not find the domain controller for this domain." },
    { 1909, "The referenced account is currently locked out and may not be logged on to." },
    { 1931, "The context has expired and can no longer be used." },
    { 6118, "The list of servers for this workgroup is not currently available." },
    { 8200,
      "An error occurred while installing the directory service. For more information, see "
      "the event log." },
    { 8201, "The directory service evaluated group memberships locally." },
    { 8202, "The specified directory service attribute or value does not exist." },
    { 8203, "The attribute syntax specified to the directory service is invalid." },
    { 8204, "The attribute type specified to the directory service is not defined." },
    { 8205, "The specified directory service attribute or value already exists." },
    { 8206, "The directory service is busy." },
    { 8207, "The directory service is unavailable." },
    { 8208, "The directory service was unable to allocate a relative identifier." },
    { 8209, "The directory service has exhausted the pool of relative identifiers." },
    { 8210,
      "The requested operation could not be performed because the directory service is not "
      "the master for that type of operation." },
    { 8211,
      "The directory service was unable to initialize the subsystem that allocates relative "
      "identifiers." },
    { 8212,
      "The requested operation did not satisfy one or more constraints associated with the "
      "class of the object." },
    { 8213, "The directory service can perform the requested operation only on a leaf object." },
    { 8214,
      "The directory service cannot perform the requested operation on the RDN attribute of "
      "an object." },
    { 8215, "The directory service detected an attempt to modify the object class of an object." },
    { 8216, "The requested cross-domain move operation could not be performed." },
    { 8217, "Unable to contact the global catalog server." },
    { 8224, "An operations error occurred." },
    { 8225, "A protocol error occurred." },
    { 8226, "The time limit for this request was exceeded." },
    { 8227, "The size limit for this request was exceeded." },
    { 8228, "The administrative limit for this request was exceeded." },
    { 8229, "The compare response was false." },
    { 8230, "The compare response was true." },
    { 8231, "The requested authentication method is not supported by the server." },
    { 8232, "A more secure authentication method is required for this server." },
    { 8233, "Inappropriate authentication." },
    { 8234, "The authentication mechanism is unknown." },
    { 8235, "A referral was returned from the server." },
    { 8236, "The server does not support the requested critical extension." },
    { 8237, "This request requires a secure connection." },
    { 8238, "Inappropriate matching." },
    { 8239, "A constraint violation occurred." },
    { 8240, "There is no such object on the server." },
    { 8241, "There is an alias problem." },
    { 8242, "An invalid dn syntax has been specified." },
    { 8243, "The object is a leaf object." },
    { 8244, "There is an alias dereferencing problem." },
    { 8245, "The server is unwilling to process the request." },
    { 8246, "A loop has been detected." },
    { 8247, "There is a naming violation." },
    { 8248, "The result set is too large." },
    { 8249, "The operation affects multiple DSAs." },
    { 8250, "The server is not operational." },
    { 8251, "A local error has occurred." },
    { 8252, "An encoding error has occurred." },
    { 8253, "A decoding error has occurred." },
    { 8254, "The search filter cannot be recognized." },
    { 8255, "One or more parameters are illegal." },
    { 8256, "The specified method is not supported." },
    { 8257, "No results were returned." },
    { 8258, "The specified control is not supported by the server." },
    { 8259, "A referral loop was detected by the client." },
    { 8260, "The preset referral limit was exceeded." },
    { 8330, "Having a parent that is an alias is not permitted. Aliases are leaf objects." },
    { 8331,
      "The object and parent must be of the same type, either both masters or both "
      "replicas." },
    { 8332,
      "The operation cannot be performed because child objects exist. This operation can "
      "only be performed on a leaf object." },
    { 8333, "Directory object not found." },
    { 8334, "The aliased object is missing." },
    { 8335, "The object name has bad syntax." },
    { 8336, "It is not permitted for an alias to refer to another alias." },
    { 8337, "The alias cannot be dereferenced." },
    { 8338, "The operation is out of scope." },
    { 8339,
      "The operation cannot continue because the object is in the process of being removed." },
    { 8340, "The DSA object cannot be deleted." },
    { 8341, "A directory service error has occurred." },
    { 8342, "The operation can only be performed on an internal master DSA object." },
    { 8343, "The object must be of class DSA." },
    { 8344, "Insufficient access rights to perform the operation." },
    { 8345,
      "The object cannot be added because the parent is not on the list of possible "
      "superiors." },
    { 8346,
      "Access to the attribute is not permitted because the attribute is owned by the "
      "Security Accounts Manager (SAM)." },
    { 8347, "The name has too many parts." },
    { 8348, "The name is too long." },
    { 8349, "The name value is too long." },
    { 8350, "The directory service encountered an error parsing a name." },
    { 8351, "The directory service cannot get the attribute type for a name." },
    { 8352, "The name does not identify an object; the name identifies a phantom." },
    { 8449, "The replication reference information for the target server does not exist." },
    { 8453, "Replication access was denied." },
    { 8466,
      "The server specified for this replication operation was contacted, but that server "
      "was unable to contact an additional server needed to complete the operation." },
    { 8467,
      "The version of the directory service schema of the source forest is not compatible "
      "with the version of directory service on this computer." },
    { 8468, "Schema update failed: An attribute with the same link identifier already exists." },
    { 8469, "Name translation: Generic processing error." },
    { 8470, "Name translation: Could not find the name or insufficient right to see name." },
    { 8471, "Name translation: Input name mapped to more than one output name." },
    { 8472, "Name translation: Input name found, but not the associated output format." },
    { 8473, "Name translation: Unable to resolve completely, only the domain was found." },
    { 8474,
      "Name translation: Unable to perform purely syntactical mapping at the client without "
      "going out to the wire." },
    { 8475, "Modification of a constructed attribute is not allowed." },
    { 8476,
      "The OM-Object-Class specified is incorrect for an attribute with the specified "
      "syntax." },
    { 8477, "The replication request has been posted; waiting for reply." },
    { 8478, "The requested operation requires a directory service, and none was available." },
    { 8479, "The LDAP display name of the class or attribute contains non-ASCII characters." },
    { 8480, "The requested search operation is only supported for base searches." },
    { 8524, "The DSA operation is unable to proceed because of a DNS lookup failure." },
    { 8525,
      "While processing a change to the DNS Host Name for an object, the Service Principal "
      "Name values could not be kept in sync." },
    { 8589,
      "The DS cannot derive a service principal name (SPN) with which to mutually "
      "authenticate the target server because the corresponding server object in the local "
      "DS database has no serverReference attribute." },
    { 8647,
      "The operation failed because SPN value provided for addition/modification is not "
      "unique forest-wide." },
    { 8648,
      "The operation failed because UPN value provided for addition/modification is not "
      "unique forest-wide." },
    { 10004, "A blocking operation was interrupted by a call to WSACancelBlockingCall." },
    { 10009, "The file handle supplied is not valid." },
    { 10013,
      "An attempt was made to access a socket in a way forbidden by its access permissions." },
    { 10014,
      "The system detected an invalid pointer address in attempting to use a pointer "
      "argument in a call." },
    { 10022, "An invalid argument was supplied." },
    { 10024, "Too many open sockets." },
    { 10035, "A non-blocking socket operation could not be completed immediately." },
    { 10036, "A blocking operation is currently executing." },
    { 10037,
      "An operation was attempted on a non-blocking socket that already had an operation in "
      "progress." },
    { 10038, "An operation was attempted on something that is not a socket." },
    { 10039, "A required address was omitted from an operation on a socket." },
    { 10040,
      "A message sent on a datagram socket was larger than the internal message buffer or "
      "some other network limit, or the buffer used to receive a datagram into was smaller "
      "than the datagram itself." },
    { 10041,
      "A protocol was specified in the socket function call that does not support the "
      "semantics of the socket type requested." },
    { 10042,
      "An unknown, invalid, or unsupported option or level was specified in a getsockopt or "
      "setsockopt call." },
    { 10043,
      "The requested protocol has not been configured into the system, or no implementation "
      "for it exists." },
    { 10044, "The support for the specified socket type does not exist in this address family." },
    { 10045, "The attempted operation is not supported for the type of object referenced." },
    { 10046,
      "The protocol family has not been configured into the system or no implementation for "
      "it exists." },
    { 10047, "An address incompatible with the requested protocol was used." },
    { 10048,
      "Only one usage of each socket address (protocol/network address/port) is normally "
      "permitted." },
    { 10049, "The requested address is not valid in its context." },
    { 10050, "A socket operation encountered a dead network." },
    { 10051, "A socket operation was attempted to an unreachable network." },
    { 10052,
      "The connection has been broken due to keep-alive activity detecting a failure while "
      "the operation was in progress." },
    { 10053, "An established connection was aborted by the software in your host machine." },
    { 10054, "An existing connection was forcibly closed by the remote host." },
    { 10055,
      "An operation on a socket could not be performed because the system lacked sufficient "
      "buffer space or because a queue was full." },
    { 10056, "A connect request was made on an already connected socket." },
    { 10057,
      "A request to send or receive data was disallowed because the socket is not connected "
      "and (when sending on a datagram socket using a sendto call) no address was supplied." },
    { 10058,
      "A request to send or receive data was disallowed because the socket had already been "
      "shut down in that direction with a previous shutdown call." },
    { 10059, "Too many references to some kernel object." },
    { 10060,
      "A connection attempt failed because the connected party did not properly respond "
      "after a period of time, or established connection failed because connected host has "
      "failed to respond." },
    { 10061, "No connection could be made because the target machine actively refused it." },
    { 10062, "Cannot translate name." },
    { 10063, "Name component or name was too long." },
    { 10064, "A socket operation failed because the destination host was down." },
    { 10065, "A socket operation was attempted to an unreachable host." },
    { 10066, "Cannot remove a directory that is not empty." },
    { 10067,
      "A Windows Sockets implementation may have a limit on the number of applications that "
      "may use it simultaneously." },
    { 10068, "Ran out of quota." },
    { 10069, "Ran out of disk quota." },
    { 10070, "File handle reference is no longer available." },
    { 10071, "Item is not available locally." },
    { 10091,
      "WSAStartup cannot function at this time because the underlying system it uses to "
      "provide network services is currently unavailable." },
    { 10092, "The Windows Sockets version requested is not supported." },
    { 10093, "Either the application has not called WSAStartup, or WSAStartup failed." },
    { 10101,
      "Returned by WSARecv or WSARecvFrom to indicate the remote party has initiated a "
      "graceful shutdown sequence." },
    { 10102, "No more results can be returned by WSALookupServiceNext." },
    { 10103,
      "A call to WSALookupServiceEnd was made while this call was still processing. The "
      "call has been canceled." },
    { 10104, "The procedure call table is invalid." },
    { 10105, "The requested service provider is invalid." },
    { 10106, "The requested service provider could not be loaded or initialized." },
    { 10107, "A system call has failed." },
    { 10108, "No such service is known. The service cannot be found in the specified name space." },
    { 10109, "The specified class was not found." },
    { 10110, "No more results can be returned by WSALookupServiceNext." },
    { 10111,
      "A call to WSALookupServiceEnd was made while this call was still processing. The "
      "call has been canceled." },
    { 10112, "A database query failed because it was actively refused." },
    { 11001, "No such host is known." },
    { 11002,
      "This is usually a temporary error during hostname resolution and means that the "
      "local server did not receive a response from an authoritative server." },
    { 11003, "A non-recoverable error occurred during a database lookup." },
    { 11004, "The requested name is valid, but no data of the requested type was found." },
    { 0x00090312U,
      "The function completed successfully, but must be called again to complete the "
      "context." },
    { 0x00090313U, "The function completed successfully, but CompleteToken must be called." },
    { 0x00090314U,
      "The function completed successfully, but both CompleteToken and this function must "
      "be called to complete the context." },
    { 0x00090315U,
      "The logon was completed, but no network authority was available. The logon was made "
      "using locally known information." },
    { 0x00090317U, "The context has expired and can no longer be used." },
    { 0x00090320U,
      "The credentials supplied were not complete, and could not be verified. Additional "
      "information can be returned from the context." },
    { 0x00090321U, "The context data must be renegotiated with the peer." },
    { 0x00090323U, "There is no LSA mode context associated with this context." },
    { 0x0009035CU, "A signature operation must be performed before the user can authenticate." },
    { 0x00090360U, "The recipient rejected the renegotiation request." },
    { 0x00090364U,
      "The returned buffer is only a fragment of the message. More fragments need to be "
      "returned." },
    { 0x80004001U, "Not implemented." },
    { 0x80004005U, "Unspecified error." },
    { 0x8000FFFFU, "Catastrophic failure." },
    { 0x80070005U, "Access is denied." },
    { 0x80070006U, "The handle is invalid." },
    { 0x8007000EU, "Not enough memory resources are available to complete this operation." },
    { 0x80070057U, "The parameter is incorrect." },
    { 0x80090300U, "Not enough memory is available to complete this request." },
    { 0x80090301U, "The handle specified is invalid." },
    { 0x80090302U, "The function requested is not supported." },
    { 0x80090303U, "The specified target is unknown or unreachable." },
    { 0x80090304U, "The Local Security Authority cannot be contacted." },
    { 0x80090305U, "The requested security package does not exist." },
    { 0x80090306U, "The caller is not the owner of the desired credentials." },
    { 0x80090307U, "The security package failed to initialize, and cannot be installed." },
    { 0x80090308U, "The token supplied to the function is invalid." },
    { 0x80090309U,
      "The security package is not able to marshal the logon buffer, so the logon attempt "
      "has failed." },
    { 0x8009030AU,
      "The per-message Quality of Protection is not supported by the security package." },
    { 0x8009030BU, "The security context does not allow impersonation of the client." },
    { 0x8009030CU, "The logon attempt failed." },
    { 0x8009030DU, "The credentials supplied to the package were not recognized." },
    { 0x8009030EU, "No credentials are available in the security package." },
    { 0x8009030FU, "The message or signature supplied for verification has been altered." },
    { 0x80090310U, "The message supplied for verification is out of sequence." },
    { 0x80090311U, "No authority could be contacted for authentication." },
    { 0x80090316U, "The requested security package does not exist." },
    { 0x80090317U, "The context has expired and can no longer be used." },
    { 0x80090318U, "The supplied message is incomplete. The signature was not verified." },
    { 0x80090320U,
      "The credentials supplied were not complete, and could not be verified. The context "
      "could not be initialized." },
    { 0x80090321U, "The buffers supplied to a function was too small." },
    { 0x80090322U, "The target principal name is incorrect." },
    { 0x80090324U, "The clocks on the client and server machines are skewed." },
    { 0x80090325U, "The certificate chain was issued by an authority that is not trusted." },
    { 0x80090326U, "The message received was unexpected or badly formatted." },
    { 0x80090327U, "An unknown error occurred while processing the certificate." },
    { 0x80090328U, "The received certificate has expired." },
    { 0x80090329U, "The specified data could not be encrypted." },
    { 0x80090330U, "The specified data could not be decrypted." },
    { 0x80090331U,
      "The client and server cannot communicate, because they do not possess a common "
      "algorithm." },
    { 0x80090332U,
      "The security context could not be established due to a failure in the requested "
      "quality of service (e.g. mutual authentication or delegation)." },
    { 0x80090333U,
      "A security context was deleted before the context was completed. This is considered "
      "a logon failure." },
    { 0x80090334U,
      "The client is trying to negotiate a context and the server requires user-to-user but "
      "didn't send a TGT reply." },
    { 0x80090335U,
      "Unable to accomplish the requested task because the local machine does not have any "
      "IP addresses." },
    { 0x80090336U,
      "The supplied credential handle does not match the credential associated with the "
      "security context." },
    { 0x80090337U,
      "The crypto system or checksum function is invalid because a required function is "
      "unavailable." },
    { 0x80090338U, "The number of maximum ticket referrals has been exceeded." },
    { 0x80090339U, "The local machine must be a Kerberos KDC (domain controller) and it is not." },
    { 0x8009033AU,
      "The other end of the security negotiation is requires strong crypto but it is not "
      "supported on the local machine." },
    { 0x8009033BU, "The KDC reply contained more than one principal name." },
    { 0x8009033CU,
      "Expected to find PA data for a hint of what etype to use, but it was not found." },
    { 0x8009033DU,
      "The client certificate does not contain a valid UPN, or does not match the client "
      "name in the logon request. Please contact your administrator." },
    { 0x8009033EU, "Smartcard logon is required and was not used." },
    { 0x8009033FU, "A system shutdown is in progress." },
    { 0x80090340U, "An invalid request was sent to the KDC." },
    { 0x80090341U, "The KDC was unable to generate a referral for the service requested." },
    { 0x80090342U, "The encryption type requested is not supported by the KDC." },
    { 0x80090343U,
      "An unsupported preauthentication mechanism was presented to the Kerberos package." },
    { 0x80090345U,
      "The requested operation cannot be completed. The computer must be trusted for "
      "delegation and the current user account must be configured to allow delegation." },
    { 0x80090346U, "Client's supplied SSPI channel bindings were incorrect." },
    { 0x80090347U, "The received certificate was mapped to multiple accounts." },
    { 0x80090348U, "No Kerberos key was found." },
    { 0x80090349U, "The certificate is not valid for the requested usage." },
    { 0x80090350U,
      "The system cannot contact a domain controller to service the authentication request. "
      "Please try again later." },
    { 0x80090351U,
      "The smartcard certificate used for authentication has been revoked. Please contact "
      "your system administrator. There may be additional information in the event log." },
    { 0x80090352U,
      "An untrusted certificate authority was detected While processing the smartcard "
      "certificate used for authentication. Please contact your system administrator." },
    { 0x80090353U,
      "The revocation status of the smartcard certificate used for authentication could not "
      "be determined. Please contact your system administrator." },
    { 0x80090354U,
      "The smartcard certificate used for authentication was not trusted. Please contact "
      "your system administrator." },
    { 0x80090355U,
      "The smartcard certificate used for authentication has expired. Please contact your "
      "system administrator." },
    { 0x80090356U,
      "The Kerberos subsystem encountered an error. A service for user protocol request was "
      "made against a domain controller which does not support service for user." },
    { 0x80090357U,
      "An attempt was made by this server to make a Kerberos constrained delegation request "
      "for a target outside of the server's realm. This is not supported, and indicates a "
      "misconfiguration on this server's allowed to delegate to list. Please contact your "
      "administrator." },
    { 0x80090358U,
      "The revocation status of the domain controller certificate used for smartcard "
      "authentication could not be determined. There is additional information in the "
      "system event log. Please contact your system administrator." },
    { 0x80090359U,
      "An untrusted certificate authority was detected while processing the domain "
      "controller certificate used for authentication. There is additional information in "
      "the system event log. Please contact your system administrator." },
    { 0x8009035AU,
      "The domain controller certificate used for smartcard logon has expired. Please "
      "contact your system administrator with the contents of your system event log." },
    { 0x8009035BU,
      "The domain controller certificate used for smartcard logon has been revoked. Please "
      "contact your system administrator with the contents of your system event log." },
    { 0x8009035DU, "One or more of the parameters passed to the function was invalid." },
    { 0x8009035EU, "Client policy does not allow credential delegation to target server." },
    { 0x8009035FU,
      "Client policy does not allow credential delegation to target server with NLTM only "
      "authentication." },
    { 0x80090361U, "The required security context does not exist." },
    { 0x80090362U,
      "The PKU2U protocol encountered an error while attempting to utilize the associated "
      "certificates." },
    { 0x80090363U, "The identity of the server computer could not be verified." },
    { 0x80090365U, "Only https scheme is allowed." },
    { 0x80090366U,
      "The function completed successfully, but must be called again to complete the "
      "context. Early start can be used." },
};
/* clang-format on */

static int by_code(const void *key, const void *row)
{
    uint32_t a = *(const uint32_t *)key;
    uint32_t b = ((const struct row *)row)->code;

    return a < b ? -1 : a > b;
}

const char *win32_message(uint32_t code)
{
    const struct row *r =
        bsearch(&code, rows, sizeof rows / sizeof rows[0], sizeof rows[0], by_code);

    return r ? r->text : NULL;
}
