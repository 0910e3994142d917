package jil

import "strings"

// kind is how an attribute's value is read.
type kind int

const (
	word      kind = iota // one value; quotation marks around it are taken off
	free                  // text of any kind, kept as it stands
	name                  // name of an object
	names                 // several names
	boolean               // 0 1 y n yes no
	number                // whole number
	times                 // HH:MM, several
	minutes               // 0 to 59, several
	must                  // HH:MM or +minutes, several
	days                  // mo,tu … or all
	window                // HH:MM-HH:MM
	condition             // condition on jobs
	rights                // gx ge wx we mx me
	codes                 // exit codes and ranges
	blob                  // text between <auto_blobt> and </auto_blobt>
	date                  // MM/DD/YYYY
	dateRule              // keywords of an extended calendar
	jobType               // CMD, BOX …
)

// lists may go on on the next line without a mark.
func (k kind) list() bool { return k == times || k == minutes || k == must }

// statements maps the keywords that begin a statement to what they are about.
var statements = map[string]string{
	"insert_job": "job", "update_job": "job", "delete_job": "job", "override_job": "job", "rename_job": "job", "delete_box": "box",
	"insert_machine": "machine", "update_machine": "machine", "delete_machine": "machine",
	"insert_xinst": "xinst", "update_xinst": "xinst", "delete_xinst": "xinst",
	"insert_global": "global", "update_global": "global", "delete_global": "global",
	"insert_resource": "resource", "update_resource": "resource", "delete_resource": "resource",
	"insert_monbro": "monbro", "update_monbro": "monbro", "delete_monbro": "monbro",
	"insert_blob": "blob", "delete_blob": "blob", "insert_glob": "glob", "delete_glob": "glob",
	"insert_job_type": "job_type", "update_job_type": "job_type", "delete_job_type": "job_type",
	"insert_connectionprofile": "connectionprofile", "update_connectionprofile": "connectionprofile", "delete_connectionprofile": "connectionprofile",
	"calendar": "calendar", "extended_calendar": "extended_calendar", "ext_calendar": "extended_calendar", "cycle": "cycle",
}

// attributes maps what a statement is about to the attributes it may have.
var attributes = map[string]map[string]kind{
	"job": jobAttributes, "box": {},
	"machine": attrs(map[kind]string{word: "type character_code encryption_type key_to_agent opsys agent_name provision", free: "description factor", names: "machine", name: "node_name",
		number: "max_load port heartbeat_attempts heartbeat_freq", boolean: "force remove_references"}),
	"xinst":    attrs(map[kind]string{word: "xtype xcrypt_type xkey_to_manager xcomm_alias", names: "xmachine", name: "xmanager", number: "xport", free: "description"}),
	"global":   attrs(map[kind]string{free: "value description"}),
	"resource": attrs(map[kind]string{word: "res_type", number: "amount", name: "machine", free: "description"}),
	"monbro": attrs(map[kind]string{word: "mode type job_filter currun after_time", name: "job_name", free: "description",
		boolean: "all_events all_status alarm alarm_verif running success failure terminated starting restart sound do_output"}),
	"blob":              attrs(map[kind]string{word: "blob_type blob_mode", free: "blob_file", blob: "blob_input"}),
	"glob":              attrs(map[kind]string{word: "blob_type blob_mode", free: "blob_file", blob: "blob_input"}),
	"job_type":          attrs(map[kind]string{free: "command description"}),
	"connectionprofile": jobAttributes,
	"calendar":          attrs(map[kind]string{free: "description"}),
	"extended_calendar": attrs(map[kind]string{free: "description", word: "workday non_workday holiday adjust prefixed", name: "holcal cyccal", dateRule: "condition"}),
	"cycle":             attrs(map[kind]string{free: "description", date: "start_date end_date"}),
}

// jobAttributes are those of the vendor's reference, by the way their value is read.
var jobAttributes = attrs(map[kind]string{
	name:      "box_name run_calendar exclude_calendar new_name",
	names:     "machine",
	jobType:   "job_type",
	boolean:   "date_conditions alarm_if_fail alarm_if_terminated box_terminator job_terminator auto_hold elevated all_events all_status force remove_references continuous",
	number:    "term_run_time n_retrys max_run_alarm min_run_alarm avg_runtime max_exit_success priority watch_interval watch_file_min_size heartbeat_interval auto_delete heartbeat_attempts heartbeat_freq",
	times:     "start_times",
	minutes:   "start_mins",
	must:      "must_start_times must_complete_times",
	days:      "days_of_week",
	window:    "run_window",
	condition: "condition box_success box_failure",
	rights:    "permission",
	codes:     "success_codes fail_codes",
	blob:      "blob_input",
	free: `command description envvars std_in_file std_out_file std_err_file profile watch_file notification_msg notification_template chk_files
		svcdesk_attr svcdesk_desc blob_file sql_command connect_string remote_command sp_arg success_pattern text_file_filter text_file_name ftp_local_name ftp_remote_name
		scp_local_name scp_remote_name scp_remote_dir url wsdl_url endpoint_url provider_url payload_uri web_parameter ws_parameter j2ee_parameter jmx_parameter form_parameter
		create_parameter finder_parameter modify_parameter pa_parameter oracle_args ps_args ps_email_text ps_email_subject sap_step_parms sap_print_parms sap_fail_msg sap_success_msg
		destination_file spool_file results_file i5_params i5_others i5_lda job_criteria filter success_criteria success_criteria_json success_criteria_regex success_criteria_value
		success_criteria_xpath header_filter headers win_event_description snmp_value trigger_cond monitor_cond zos_dataset informatica_param_file value`,
	word: `owner application group timezone job_class job_load resources status machine_method ulimit interactive service_desk svcdesk_imp svcdesk_pri svcdesk_sev send_notification
		notification_emailaddress notification_emailaddress_on_alarm notification_emailaddress_on_failure notification_emailaddress_on_success notification_emailaddress_on_terminated
		notification_alarm_types after_time agent_name alarm alarm_verif amount arc_obj_name arc_obj_variant arc_parms auth_string bdc_err_rate bdc_ext_log bdc_proc_rate bdc_system
		bean_name blob_type broadcast_address character_code class_name compatibility condition_code connection_factory connection_retry connection_timeout copy_jcl correlation_id
		cpu_usage create_method create_name currun dbtype destination_name destination_user disk_drive disk_format disk_space encoding encryption_type external_os_user factor failure
		filter_type finder_name ftp_compression ftp_local_user ftp_server_name ftp_server_port ftp_transfer_direction ftp_transfer_type ftp_use_ssl ftp_user_type i5_action i5_cc_exit
		i5_curr_lib i5_job_desc i5_job_name i5_job_queue i5_lib i5_library_list i5_name i5_process_priority informatica_folder_name informatica_pass_on_success
		informatica_repository_name informatica_security_domain informatica_target_name informatica_task_name informatica_user informatica_workflow_inst_name informatica_workflow_name
		initial_context_factory input_cookies inside_range invocation_type ip_host ip_port ip_status j2ee_authentication_order j2ee_conn_domain j2ee_conn_origin j2ee_conn_user
		j2ee_no_global_proxy_defaults j2ee_proxy_domain j2ee_proxy_host j2ee_proxy_origin_host j2ee_proxy_port j2ee_proxy_user j2ee_user jcl_library jcl_member jmx_user job_filter
		job_name key_to_agent lower_boundary mac_address max_load mbean_attr mbean_name mbean_operation media_type message_class method_name mf_jcl_name mf_jcl_type mf_server
		mf_server_address_type mf_user mf_version mode monitor_mode monitor_type no_change node_name one_way operation_type opsys oracle_appl_name oracle_appl_name_type
		oracle_custom_property oracle_desc oracle_mon_children oracle_mon_children_delay oracle_notify_display_users oracle_notify_users oracle_oprunit oracle_output_format
		oracle_print_copies oracle_print_style oracle_printer oracle_program oracle_program_name_type oracle_programdata oracle_quote_in_default oracle_req_set oracle_req_set_type
		oracle_resp oracle_save_output oracle_template_language oracle_template_name oracle_template_territory oracle_use_arg_def oracle_use_set_defaults_first oracle_user os_user
		output_var pa_monitor_progress pa_name pa_path pa_trace persist_output_cookies persist_output_header persist_output_payload ping_ports ping_timeout poll_interval port port_name
		preemptive_authentication process_name process_status ps_dest_format ps_dest_type ps_detail_folder ps_dlist_roles ps_dlist_users ps_email_address ps_email_address_expanded
		ps_email_log ps_email_web_report ps_operator_id ps_output_dest ps_process_name ps_process_type ps_restarts ps_run_cntrl_args ps_run_cntrl_id ps_run_control_table ps_server_name
		ps_skip_parm_updates ps_time_zone remote_name remote_target reply_to request_id res_type restart result_type results_file_overwrite retry_on_failure_count
		retry_on_failure_delay retry_on_failure_details return_class_name return_namespace return_xml_name run_external running sap_abap_name sap_chain_id sap_client sap_ext_table
		sap_info_pack sap_job_class sap_job_count sap_job_name sap_lang sap_mon_child sap_office sap_proc_type sap_process_client sap_process_status sap_recipients sap_release_option
		sap_rfc_dest sap_step_num sap_target_jobname sap_target_sys scp_create_targetdir scp_delete_sourcedir scp_delete_sourcefile scp_local_user scp_protocol scp_rename_sourcefile
		scp_server_name scp_server_port scp_target_os scp_transfer_direction scp_transfer_mode search_bw service_name shell snmp_auth_protocol snmp_comm_string snmp_context_engine_id
		snmp_context_name snmp_host snmp_mib snmp_oid snmp_privacy snmp_privacy_user snmp_subtree snmp_table_view snmp_version soap_action soap_version sp_name sqlagent_domain_name
		sqlagent_jobid sqlagent_jobname sqlagent_server_name sqlagent_step_name sqlagent_target_db sqlagent_user_name starting submit_modifier success suspended tablename
		target_namespace terminated text_file_filter_exists text_file_mode time_format time_position trigger_type type upper_boundary use_topic user_role wake_password
		watch_file_change_type watch_file_change_value watch_file_groupname watch_file_owner watch_file_recursive watch_file_type watch_file_win_user watch_no_change web_user
		win_event_category win_event_computer win_event_datetime win_event_id win_event_op win_event_source win_event_type win_log_name win_service_name win_service_status
		ws_authentication_order ws_conn_domain ws_conn_origin ws_conn_user ws_global_proxy_defaults ws_proxy_domain ws_proxy_host ws_proxy_origin ws_proxy_port ws_proxy_user ws_security
		wsdl_operation xcrypt_type xkey_to_manager xmachine xmanager xport xtype zos_dsn_renamed zos_dsn_updated zos_explicit_dsn zos_ftp_direction zos_ftp_host zos_ftp_userid
		zos_jobname zos_trigger_by zos_trigger_on zos_trigger_type connectionprofile_type connection_profile`,
})

// repeatable attributes may stand several times in one statement; each adds to those before.
var repeatable = map[string]bool{"condition@extended_calendar": true, "start_date@cycle": true, "end_date@cycle": true, "machine@machine": true, "factor@machine": true, "max_load@machine": true}

// addsUp reports whether an attribute of a job may stand several times: those of the connector job types that pass
// parameters one by one, and addresses to notify.
func addsUp(noun, key string) bool {
	return repeatable[key+"@"+noun] || noun != "extended_calendar" && (strings.HasSuffix(key, "_parameter") || strings.HasPrefix(key, "notification_emailaddress") ||
		key == "sp_arg" || key == "oracle_programdata" || key == "sap_step_parms" || key == "oracle_args" || key == "headers" || key == "trigger_cond" || key == "svcdesk_attr")
}

func attrs(by map[kind]string) map[string]kind {
	out := map[string]kind{}
	for k, list := range by {
		for key := range strings.FieldsSeq(list) {
			out[key] = k
		}
	}
	return out
}
